/*
 * The sandbox: open the files, drop what is not needed, only then touch hostile bytes.
 *
 * seccomp: a list of what a reader needs; anything else ends the process. landlock: no file system but the folders named, and
 * reading where the C library keeps its character set modules. rlimits: memory and time.
 */
#define _GNU_SOURCE
#include "postern/base.h"

#ifndef POSTERN_WITHOUT_SANDBOX

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int allowed_calls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
    SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat),
    SCMP_SYS(statx), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(openat), SCMP_SYS(openat2),
    SCMP_SYS(open), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(renameat), SCMP_SYS(renameat2),
    SCMP_SYS(rename), SCMP_SYS(unlinkat), SCMP_SYS(unlink), SCMP_SYS(mkdirat), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(fsetxattr), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect),
    SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(tgkill), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(ioctl), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(pipe2),
    SCMP_SYS(getrlimit), SCMP_SYS(prlimit64), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getuid),
    SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getcwd), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(membarrier), SCMP_SYS(memfd_create),
    SCMP_SYS(setrlimit),
};
static const int fork_calls[] = {SCMP_SYS(clone), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid),
                                 SCMP_SYS(kill)};

/* Servicing a system: second names, what a file looks like from outside, and one run at a time. */
static const int service_calls[] = {SCMP_SYS(linkat), SCMP_SYS(utimensat), SCMP_SYS(fchown), SCMP_SYS(fchmod), SCMP_SYS(flock),
                                    SCMP_SYS(flistxattr), SCMP_SYS(fgetxattr), SCMP_SYS(fsetxattr)};

static postern_status add_calls(scmp_filter_ctx filter, const int *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
        if (failed && failed != -EDOM) return POSTERN_IO;
    }
    return POSTERN_OK;
}

static postern_status enter_seccomp(const postern_sandbox *rules, postern_error *reterr) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the sandbox");
    postern_status status = add_calls(filter, allowed_calls, sizeof allowed_calls / sizeof *allowed_calls);
    if (!status && rules->may_fork) status = add_calls(filter, fork_calls, sizeof fork_calls / sizeof *fork_calls);
    /* send on a socket that is connected already: what write does, without its signal */
    if (!status && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1, SCMP_A4(SCMP_CMP_EQ, 0))) status = POSTERN_IO;
    if (!status && rules->may_service)
        status = add_calls(filter, service_calls, sizeof service_calls / sizeof *service_calls);
    int failed = status ? -EINVAL : seccomp_load(filter);
    seccomp_release(filter);
    return failed ? postern_fail_errno(reterr, -failed, "cannot enter the sandbox") : POSTERN_OK;
}

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                                              \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |                  \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | READ_RIGHTS)
#define ALL_RIGHTS                                                                                                \
    (WRITE_RIGHTS | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR |   \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool allow_below(int ruleset, int dir, uint64_t rights) {
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = dir};
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* iconv loads its modules when a character set is first met. */
static void allow_modules(int ruleset) {
    static const char *const folders[] = {"/usr/lib", "/lib", "/usr/lib64", "/lib64", "/usr/share/i18n"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        int dir = open(folders[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0) continue;
        allow_below(ruleset, dir, READ_RIGHTS | LANDLOCK_ACCESS_FS_EXECUTE);
        close(dir);
    }
}

static postern_status enter_landlock(const postern_sandbox *rules, bool *ret_landlock, postern_error *reterr) {
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL_RIGHTS};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0) {
        *ret_landlock = false;
        return errno == ENOSYS || errno == EOPNOTSUPP ? POSTERN_OK
                                                       : postern_fail_errno(reterr, errno, "cannot enter the sandbox");
    }
    bool ok = true;
    uint64_t write_rights = WRITE_RIGHTS | (rules->may_service ? LANDLOCK_ACCESS_FS_REMOVE_DIR : 0);
    for (size_t i = 0; ok && i < rules->write_dir_count; i++) ok = allow_below(ruleset, rules->write_dirs[i], write_rights);
    for (size_t i = 0; ok && i < rules->read_dir_count; i++) ok = allow_below(ruleset, rules->read_dirs[i], READ_RIGHTS);
    if (ok) allow_modules(ruleset);
    if (ok) ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int sys_errno = errno;
    close(ruleset);
    *ret_landlock = ok;
    return ok ? POSTERN_OK : postern_fail_errno(reterr, sys_errno, "cannot enter the sandbox");
}

/* What the process has mapped already, inputs included. */
static uint64_t address_space_now(void) {
    char text[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0) close(fd);
    uint64_t pages = 0;
    postern_slice first = postern_slice_cut(postern_slice_of(text, got > 0 ? (size_t)got : 0), ' ').head;
    if (!postern_slice_uint(first, UINT32_MAX, &pages)) pages = 1u << 16;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void lower_limit(int resource, uint64_t value) {
    struct rlimit limit;
    if (value == 0 || getrlimit(resource, &limit)) return;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > value) limit.rlim_cur = value;
    setrlimit(resource, &limit);
}

postern_status postern_sandbox_enter(const postern_sandbox *rules, bool *ret_landlock, postern_error *reterr) {
    bool landlock = false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return postern_fail_errno(reterr, errno, "cannot enter the sandbox");
    lower_limit(RLIMIT_AS, rules->max_memory);
    if (rules->more_memory) lower_limit(RLIMIT_AS, address_space_now() + rules->more_memory);
    lower_limit(RLIMIT_CPU, rules->max_cpu_seconds);
    postern_status status = enter_landlock(rules, &landlock, reterr);
    if (!status) status = enter_seccomp(rules, reterr);
    if (!status && ret_landlock) *ret_landlock = landlock;
    return status;
}

#else

postern_status postern_sandbox_enter(const postern_sandbox *rules, bool *ret_landlock, postern_error *reterr) {
    (void)rules;
    (void)ret_landlock;
    return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET, "built without a sandbox");
}

#endif
