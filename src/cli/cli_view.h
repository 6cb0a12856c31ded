/* What the files of postern view share. */
#ifndef POSTERN_CLI_VIEW_H
#define POSTERN_CLI_VIEW_H

#include "cli_int.h"

#include "postern/view.h"

/* Certificates (PEM) of --trust, or the system's. Prints its own message. */
cli_exit cli_view_trust(const cli_args *args, postern_buf *out);
/* The key and certificate (PEM) of --key, a PKCS#12 file; the passphrase is asked for on the terminal. */
cli_exit cli_view_key(const cli_args *args, postern_buf *out);
/* The path of gpg, or NULL; and the few words of our environment that it gets, NULL behind the last. Both are the caller's. */
char *cli_view_gpg(void);
char **cli_view_gpg_environment(void);
const char *cli_view_language(void);

#endif
