#include "CLinux.h"

#include <sys/wait.h>

// The child's part: system calls only.
static int become_and_try(const struct clinux_access *access_as) {
    if (access_as->change_user) {
        if (setgroups(access_as->group_count, access_as->groups) < 0) return errno;
        if (setresgid(access_as->group, access_as->group, access_as->group) < 0) return errno;
        if (setresuid(access_as->user, access_as->user, access_as->user) < 0) return errno;
    }
    // Without this /proc/self belongs to root after the change of user, and with it the way to an open file.
    prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
    return access(access_as->path, access_as->mode) == 0 ? 0 : errno;
}

int clinux_access_as(const struct clinux_access *access_as) {
    pid_t process = fork();
    if (process < 0) return errno;
    if (process == 0) {
        int code = become_and_try(access_as);
        _exit(code > 0 && code < 256 ? code : code == 0 ? 0 : 255);
    }
    int status;
    pid_t reaped;
    do {
        reaped = waitpid(process, &status, 0);
    } while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}
