/*
 * What postern view is told to trust, the key it opens encrypted mail with, and the way to GnuPG: files of the user's own, read
 * before anything hostile is. The system's certificates are those that Debian keeps in one file; --trust gives others instead.
 */
#define _GNU_SOURCE
#include "cli_view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define T(english) postern_viewer_text(cli_view_language(), english)

static const char system_bundle[] = "/etc/ssl/certs/ca-certificates.crt";

static postern_status add_file(int dirfd, const char *name, postern_buf *out, postern_error *reterr) {
    postern_file *file = NULL;
    postern_status status = postern_file_open(dirfd, name, &file, reterr);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    if (postern_slice_find(bytes, 0, POSTERN_S("-----BEGIN ")) != SIZE_MAX) {
        postern_buf_add_slice(out, bytes);
        postern_buf_add_byte(out, '\n');
    }
    postern_file_close(file);
    return out->status ? postern_fail(reterr, out->status, POSTERN_NO_OFFSET, "too many certificates") : POSTERN_OK;
}

/* Each regular file of a folder; what is no PEM is passed over. */
static postern_status add_folder(const char *path, postern_buf *out, postern_error *reterr) {
    DIR *folder = opendir(path);
    struct stat st;
    postern_status status = folder ? POSTERN_OK : postern_fail_errno(reterr, errno, "cannot be read");
    for (struct dirent *entry; !status && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !fstatat(dirfd(folder), entry->d_name, &st, 0) && S_ISREG(st.st_mode))
            status = add_file(dirfd(folder), entry->d_name, out, reterr);
    if (folder) closedir(folder);
    return status;
}

cli_exit cli_view_trust(const cli_args *args, postern_buf *out) {
    struct stat st;
    postern_error error = {0};
    postern_buf_init(out, POSTERN_LIMIT_VIEWER_TRUST);
    if (!args->trust) {
        /* without it nothing is trusted, and the bar says so */
        if (add_file(AT_FDCWD, system_bundle, out, &error)) postern_buf_free(out);
        return CLI_CLEAN;
    }
    bool folder = stat(args->trust, &st) == 0 && S_ISDIR(st.st_mode);
    postern_status status = folder ? add_folder(args->trust, out, &error) : add_file(AT_FDCWD, args->trust, out, &error);
    if (!status && postern_slice_find(postern_buf_slice(out), 0, POSTERN_S(" CERTIFICATE-----")) == SIZE_MAX)
        status = postern_fail(&error, POSTERN_FORMAT, POSTERN_NO_OFFSET, "there is no certificate in it (PEM)");
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, args->trust, &error);
    return CLI_UNUSABLE;
}

/* ---- the key --------------------------------------------------------------------------------------------------------- */

enum { PASSPHRASE_MAX = 1024, TRIES = 3 };

/* One line from the terminal, without an echo. */
static bool ask_passphrase(const char *path, char passphrase[PASSPHRASE_MAX]) {
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios before, quiet;
    size_t len = 0;
    if (tty < 0 || tcgetattr(tty, &before)) {
        if (tty >= 0) close(tty);
        return false;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &quiet);
    cli_message(tty, path, POSTERN_NO_OFFSET, "%s", T("the passphrase of this key, then Enter"));
    for (char c; len + 1 < PASSPHRASE_MAX && read(tty, &c, 1) == 1 && c != '\n';) passphrase[len++] = c;
    passphrase[len] = 0;
    tcsetattr(tty, TCSAFLUSH, &before);
    close(tty);
    return true;
}

static bool write_pem(EVP_PKEY *key, X509 *certificate, postern_buf *out) {
    BIO *memory = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    bool done = memory && PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                PEM_write_bio_X509(memory, certificate) == 1;
    long len = done ? BIO_get_mem_data(memory, &bytes) : 0;
    if (len > 0) postern_buf_add(out, bytes, (size_t)len);
    BIO_free(memory);
    return len > 0 && !out->status;
}

static bool open_key(PKCS12 *file, const char *passphrase, postern_buf *out) {
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    bool opened = PKCS12_parse(file, passphrase, &key, &certificate, NULL) == 1 && key && certificate &&
                  write_pem(key, certificate, out);
    EVP_PKEY_free(key);
    X509_free(certificate);
    ERR_clear_error();
    return opened;
}

static const char *key_of(const char *path, postern_slice bytes, postern_buf *out) {
    const unsigned char *at = bytes.ptr;
    char passphrase[PASSPHRASE_MAX] = "";
    const char *wrong = NULL;
    PKCS12 *file = bytes.len && bytes.len <= POSTERN_LIMIT_VIEWER_TRUST ? d2i_PKCS12(NULL, &at, (long)bytes.len) : NULL;
    if (!file) wrong = "this is no PKCS#12 file";
    bool opened = file && open_key(file, "", out);
    for (unsigned tries = 0; file && !opened && !wrong && tries < TRIES; tries++) {
        if (!ask_passphrase(path, passphrase))
            wrong = "there is no terminal to ask for its passphrase on";
        else
            opened = open_key(file, passphrase, out);
    }
    explicit_bzero(passphrase, sizeof passphrase);
    PKCS12_free(file);
    return opened ? NULL : wrong ? wrong : "the passphrase does not open it, or its encryption is not supported";
}

cli_exit cli_view_key(const cli_args *args, postern_buf *out) {
    postern_error error = {0};
    postern_file *file = NULL;
    postern_buf_init(out, POSTERN_LIMIT_VIEWER_TRUST);
    if (!args->key) return CLI_CLEAN;
    postern_status status = postern_file_open(AT_FDCWD, args->key, &file, &error);
    const char *wrong = status ? NULL : key_of(args->key, postern_file_bytes(file), out);
    if (wrong) status = postern_fail(&error, POSTERN_FORMAT, POSTERN_NO_OFFSET, "%s", wrong);
    postern_file_close(file);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, args->key, &error);
    return CLI_UNUSABLE;
}

/* ---- GnuPG ----------------------------------------------------------------------------------------------------------- */

/* The first gpg of PATH that may be run; absolute places only. */
char *cli_view_gpg(void) {
    const char *path = getenv("PATH");
    postern_slice left = postern_slice_cstr(path ? path : "/usr/bin:/bin");
    char *found = NULL;
    while (left.len && !found) {
        postern_cut cut = postern_slice_cut(left, ':');
        left = cut.tail;
        if (!cut.head.len || cut.head.ptr[0] != '/') continue;
        if (asprintf(&found, "%.*s/gpg", (int)cut.head.len, (const char *)cut.head.ptr) < 0) return NULL;
        struct stat st;
        if (stat(found, &st) == 0 && S_ISREG(st.st_mode) && access(found, X_OK) == 0) break;
        free(found);
        found = NULL;
    }
    return found;
}

/* What gpg needs to find its keys, and its agent to ask for a passphrase. */
char **cli_view_gpg_environment(void) {
    static const char *const names[] = {"HOME",    "GNUPGHOME",       "USER",       "LOGNAME", "XDG_RUNTIME_DIR",
                                        "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "GPG_TTY", "DBUS_SESSION_BUS_ADDRESS"};
    enum { NAMES = sizeof names / sizeof *names };
    char **out = calloc(NAMES + 3, sizeof *out);
    size_t count = 0;
    if (!out) return NULL;
    out[count++] = strdup("PATH=/usr/local/bin:/usr/bin:/bin");
    out[count++] = strdup("LC_ALL=C.UTF-8");
    for (size_t i = 0; i < NAMES; i++) {
        const char *value = getenv(names[i]);
        if (value && asprintf(&out[count], "%s=%s", names[i], value) > 0) count++;
    }
    return out;
}
