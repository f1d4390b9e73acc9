#include "CLinux.h"
#include "DirectoryEntry.h"

#include <limits.h>
#include <sys/syscall.h>

enum { MOST_DESCRIPTORS = 16 };

struct failure {
    int step;
    int code;
};

int clinux_place_descriptors(const struct clinux_start *start) {
    // First out of the way of the numbers they are to get, then down to them: one may sit where another belongs.
    int high[MOST_DESCRIPTORS];
    for (int index = 0; index < start->descriptor_count; index++) {
        high[index] = fcntl(start->descriptors[index], F_DUPFD_CLOEXEC, 64);
        if (high[index] < 0) return -1;
    }
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || (null != 0 && dup2(null, 0) < 0)) return -1;
    for (int index = 0; index < start->descriptor_count; index++) {
        if (dup2(high[index], index + 1) < 0) return -1;
    }
    return 0;
}

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
enum { CLOSE_ON_EXEC_FLAG = 4 }; // CLOSE_RANGE_CLOEXEC, close_range(2)

// Closes the open descriptors in a range, or marks them to be closed by exec.
static int close_descriptors(int first, int last, int on_exec) {
    if (syscall(SYS_close_range, (unsigned)first, (unsigned)last, on_exec ? CLOSE_ON_EXEC_FLAG : 0) == 0) return 0;
    // Before Linux 5.11: one by one. opendir(3) would allocate, which is not allowed between fork and exec.
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    _Alignas(struct directory_entry) char room[4096];
    long count;
    while ((count = syscall(SYS_getdents64, folder, room, sizeof room)) > 0) {
        for (long at = 0; at < count;) {
            const struct directory_entry *entry = (const struct directory_entry *)(room + at);
            at += entry->size;
            int descriptor = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9') descriptor = descriptor * 10 + (*digit++ - '0');
            if (*digit != '\0' || descriptor < first || descriptor > last || descriptor == folder) continue;
            if (on_exec) {
                fcntl(descriptor, F_SETFD, FD_CLOEXEC);
            } else {
                close(descriptor);
            }
        }
    }
    close(folder);
    return count < 0 ? -1 : 0;
}

void clinux_close_range(int first, int last) { close_descriptors(first, last, 0); }

int clinux_close_on_exec(int first, int last) { return close_descriptors(first, last, 1); }

int clinux_join_cgroup(const char *file) {
    int descriptor = open(file, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t count = write(descriptor, "0", 1);
    int code = errno;
    close(descriptor);
    errno = code;
    return count == 1 ? 0 : -1;
}

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

// clone3(2); the layout of its second version, which has the control group.
struct clone_request {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
static const uint64_t CLONE_INTO_CGROUP_FLAG = 0x200000000ULL;

pid_t clinux_clone_into(uint64_t flags, int cgroup, int *is_known) {
    struct clone_request request;
    memset(&request, 0, sizeof request);
    request.flags = flags | CLONE_INTO_CGROUP_FLAG;
    request.exit_signal = SIGCHLD;
    request.cgroup = (uint64_t)cgroup;
    pid_t process = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    // EPERM: an outer container's filter of system calls.
    *is_known = process >= 0 || (errno != ENOSYS && errno != EINVAL && errno != E2BIG && errno != EPERM);
    return process;
}

// 0: it was not raised.
static rlim_t former_limit;

void clinux_raise_descriptor_limit(rlim_t most) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max || limit.rlim_cur >= most) return;
    rlim_t former = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && former_limit == 0) former_limit = former;
}

void clinux_restore_descriptor_limit(void) {
    struct rlimit limit;
    if (former_limit == 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= former_limit) return;
    limit.rlim_cur = former_limit;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int become(const struct clinux_start *start, const char *join, struct failure *failure) {
    failure->step = CLINUX_START_JOIN;
    if (join != NULL && clinux_join_cgroup(join) < 0) return -1;
    failure->step = CLINUX_START_SESSION;
    if (setsid() < 0) return -1;
    failure->step = CLINUX_START_DESCRIPTORS;
    if (clinux_place_descriptors(start) < 0) return -1;
    // Whoever started us may have left descriptors open, and a function must not get them.
    if (close_descriptors(start->descriptor_count + 1, INT_MAX, 1) < 0) return -1;
    if (start->change_user) {
        failure->step = CLINUX_START_GROUPS;
        if (setgroups((size_t)start->group_count, start->groups) < 0) return -1;
        failure->step = CLINUX_START_GROUP;
        if (setresgid(start->group, start->group, start->group) < 0) return -1;
        failure->step = CLINUX_START_USER;
        if (setresuid(start->user, start->user, start->user) < 0) return -1;
    }
    if (start->mark != 0) {
        // Whoever started us may have a smaller one: then there is no mark.
        const struct rlimit limit = {start->mark, start->mark};
        setrlimit(RLIMIT_RTTIME, &limit);
    }
    failure->step = CLINUX_START_PRIVILEGES;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0) return -1;
    // After the change of user, which clears it (prctl(2)); then look whether the parent ended before it was set.
    failure->step = CLINUX_START_PARENT_DEATH;
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) < 0) return -1;
    if (getppid() != start->parent) {
        errno = ESRCH;
        return -1;
    }
    failure->step = CLINUX_START_DIRECTORY;
    umask(022);
    if (chdir(start->directory) < 0) return -1;
    clinux_restore_descriptor_limit();
    failure->step = CLINUX_START_EXECUTE;
    execve(start->executable, start->arguments, start->environment);
    return -1;
}

pid_t clinux_start(const struct clinux_start *start, enum clinux_start_step *failed) {
    *failed = CLINUX_START_SESSION;
    if (start->descriptor_count < 0 || start->descriptor_count > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return -1;
    const char *join = start->cgroup_join;
    pid_t process = -1;
    if (join != NULL && start->cgroup >= 0) {
        int is_known;
        process = clinux_clone_into(0, start->cgroup, &is_known);
        if (process >= 0) join = NULL;
    }
    if (process < 0) process = fork();
    if (process == 0) {
        struct failure failure;
        clinux_reset_signals();
        // The report's write end may be in the way of the program's descriptors too.
        int end = fcntl(report[1], F_DUPFD_CLOEXEC, 128);
        if (end >= 0) {
            become(start, join, &failure);
            failure.code = errno;
            ssize_t ignored = write(end, &failure, sizeof failure);
            (void)ignored;
        }
        _exit(127);
    }
    int code = errno;
    close(report[1]);
    if (process > 0) {
        struct failure failure;
        ssize_t count;
        do {
            count = read(report[0], &failure, sizeof failure);
        } while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof failure) {
            while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
            }
            *failed = (enum clinux_start_step)failure.step;
            code = failure.code;
            process = -1;
        }
    }
    close(report[0]);
    errno = code;
    return process;
}

int clinux_drop_privileges(int change_user, uid_t user, gid_t group, pid_t parent) {
    if (change_user) {
        if (setgroups(0, NULL) < 0) return -1;
        if (setresgid(group, group, group) < 0) return -1;
        if (setresuid(user, user, user) < 0) return -1;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0) return -1;
    if (prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) < 0) return -1;
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) < 0) return -1;
    if (getppid() != parent) {
        errno = ESRCH;
        return -1;
    }
    return 0;
}
