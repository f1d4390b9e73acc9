// The start of a contained program. Three processes: the caller clones the container's process 1 (init) into new
// namespaces; that builds what the program sees (ContainerMounts.c), gives up every privilege, and starts the program as
// its child; then it waits, passes signals on, and reaps. A program that were process 1 itself would not die of signals
// that it does not handle, abort(3) among them (pid_namespaces(7)).
#include "CLinux.h"
#include "ContainerMounts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
enum { STACK = 64 * 1024 };

enum kind { FAILURE, PROCESS, STARTED, ENDED };

struct report {
    int kind;
    int step;
    int code; // errno, or the wait status
    char detail[CLINUX_DETAIL];
};

static int tell(int socket, const struct report *report) {
    ssize_t count;
    do {
        count = send(socket, report, sizeof *report, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *report ? 0 : -1;
}

// MARK: the program

struct program {
    const struct clinux_container *container;
    int report;
};

static int install_filter(const struct clinux_container *container) {
    if (container->without & CLINUX_WITHOUT_FILTER) return 0;
    struct sock_fprog program = {.len = container->filter_count, .filter = (struct sock_filter *)container->filter};
    return prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, (unsigned long)&program, 0UL, 0UL);
}

static int run(struct program *program, struct report *report) {
    const struct clinux_container *container = program->container;
    const struct clinux_start *start = container->start;
    // Its actions are init's, the default ones.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // Whoever reads it sees this process's number in its own namespace (SCM_CREDENTIALS, unix(7)).
    report->kind = PROCESS;
    report->step = CLINUX_START_SESSION;
    if (tell(program->report, report) < 0) return -1;
    report->kind = FAILURE;
    if (setsid() < 0) return -1;
    report->step = CLINUX_START_DESCRIPTORS;
    if (clinux_place_descriptors(start) < 0) return -1;
    if (clinux_close_on_exec(start->descriptor_count + 1, INT_MAX) < 0) return -1;
    report->step = CLINUX_START_DIRECTORY;
    umask(022);
    if (chdir(start->directory) < 0) return -1;
    clinux_restore_descriptor_limit();
    report->step = CLINUX_START_FILTER;
    if (install_filter(container) < 0) return -1;
    if (container->is_probe) _exit(0);
    report->step = CLINUX_START_EXECUTE;
    execve(start->executable, start->arguments, start->environment);
    return -1;
}

static int program_main(void *argument) {
    struct program *program = argument;
    struct report report;
    memset(&report, 0, sizeof report);
    // Out of the way of the program's descriptors, and there before a descriptor may be refused.
    int end = fcntl(program->report, F_DUPFD_CLOEXEC, 128);
    if (end >= 0) program->report = end;
    run(program, &report);
    report.code = errno;
    tell(program->report, &report);
    _exit(127);
}

// MARK: init

struct capability_header {
    uint32_t version;
    int process;
};
struct capability_sets {
    uint32_t effective, permitted, inheritable;
};

// No capability is left, and exec gives none, whoever the user is (capabilities(7)).
static int drop_capabilities(void) {
    struct capability_header header = {0x20080522, 0}; // _LINUX_CAPABILITY_VERSION_3
    struct capability_sets sets[2];
    memset(sets, 0, sizeof sets);
    return (int)syscall(SYS_capset, &header, sets);
}

static int empty_bounding_set(void) {
    for (unsigned long capability = 0; prctl(PR_CAPBSET_DROP, capability, 0UL, 0UL, 0UL) == 0; capability++) {
    }
    return errno == EINVAL ? 0 : -1;
}

// A control run's: all that root had stays, after exec too.
static int keep_capabilities(void) {
    struct capability_header header = {0x20080522, 0};
    struct capability_sets sets[2];
    if (syscall(SYS_capget, &header, sets) < 0) return -1;
    for (int index = 0; index < 2; index++) {
        sets[index].effective = sets[index].permitted;
        sets[index].inheritable = sets[index].permitted;
    }
    if (syscall(SYS_capset, &header, sets) < 0) return -1;
    // PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE
    for (unsigned long one = 0; one < 64; one++) prctl(47, 2UL, one, 0UL, 0UL);
    return 0;
}

// The bounding set can only be lowered with a capability, which goes with the change of user; the rest comes after it.
static int give_up_privileges(const struct clinux_container *container, struct report *report) {
    const struct clinux_start *start = container->start;
    int keeps = container->without & CLINUX_WITHOUT_CAPABILITY_DROP;
    if (keeps) prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL);
    report->step = CLINUX_START_GROUPS;
    int changes = start->change_user && !(container->without & CLINUX_WITHOUT_IDENTITY);
    if (changes && setgroups((size_t)start->group_count, start->groups) < 0) return -1;
    report->step = CLINUX_START_GROUP;
    if (changes && setresgid(start->group, start->group, start->group) < 0) return -1;
    report->step = CLINUX_START_CAPABILITIES;
    if (!keeps && empty_bounding_set() < 0) return -1;
    report->step = CLINUX_START_USER;
    if (changes && setresuid(start->user, start->user, start->user) < 0) return -1;
    report->step = CLINUX_START_CAPABILITIES;
    if (!keeps && drop_capabilities() < 0) return -1;
    if (keeps && keep_capabilities() < 0) return -1;
    report->step = CLINUX_START_PRIVILEGES;
    if (!(container->without & CLINUX_WITHOUT_NO_NEW_PRIVILEGES) && prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0)
        return -1;
    // This process still has the supervisor's memory: nobody of the same user may look into it (ptrace(2)).
    unsigned long may_be_traced = container->without & CLINUX_WITHOUT_HIDDEN_INIT ? 1UL : 0UL;
    if (prctl(PR_SET_DUMPABLE, may_be_traced, 0UL, 0UL, 0UL) < 0) return -1;
    // After the change of user, which clears it.
    report->step = CLINUX_START_PARENT_DEATH;
    return prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
}

// Where the parent ended before PR_SET_PDEATHSIG, nobody holds the other end of the pair.
static int is_orphan(int report) {
    struct pollfd entry = {.fd = report, .events = POLLIN};
    return poll(&entry, 1, 0) > 0 && entry.revents & POLLHUP;
}

static int prepare(const struct clinux_container *container, int socket, int must_join, struct report *report) {
    report->step = CLINUX_START_JOIN;
    if (must_join) {
        clinux_set_detail(report->detail, container->cgroup_join);
        if (clinux_join_cgroup(container->cgroup_join) < 0) return -1;
    }
    report->detail[0] = '\0';
    report->step = CLINUX_START_SESSION;
    if (setsid() < 0) return -1;
    umask(0);
    report->step = CLINUX_START_JOIN;
    for (int index = 0; index < container->join_count; index++) {
        clinux_set_detail(report->detail, container->joins[index]);
        if (clinux_join_cgroup(container->joins[index]) < 0) return -1;
    }
    report->detail[0] = '\0';
    // From here on its own group is the highest it sees. Before Linux 4.6 there is no such namespace.
    report->step = CLINUX_START_NAMESPACES;
    if (unshare(CLONE_NEWCGROUP) < 0 && errno != EINVAL) return -1;
    if (clinux_build_root(container, &report->step, report->detail) < 0) return -1;
    report->detail[0] = '\0';
    if (give_up_privileges(container, report) < 0) return -1;
    if (is_orphan(socket)) {
        errno = ESRCH;
        return -1;
    }
    return 0;
}

// Passes signals on and reaps until the program has ended; its end is the end of the container.
static void wait_for(pid_t program, int socket, const sigset_t *signals) {
    struct report report;
    memset(&report, 0, sizeof report);
    report.kind = ENDED;
    while (1) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended != program) continue;
            report.code = status;
            tell(socket, &report);
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        }
        siginfo_t information;
        int number = sigwaitinfo(signals, &information);
        if (number <= 0 || number == SIGCHLD) continue;
        if (kill(-program, number) < 0) kill(program, number);
    }
}

static void init_main(const struct clinux_container *container, int socket, int must_join) {
    struct report report;
    memset(&report, 0, sizeof report);
    clinux_reset_signals();
    // For those who look for it with ps(1); the program gets its own name.
    prctl(PR_SET_NAME, (unsigned long)"container-init", 0UL, 0UL, 0UL);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    if (prepare(container, socket, must_join, &report) < 0) {
        report.code = errno;
        tell(socket, &report);
        _exit(127);
    }
    struct program program = {container, socket};
    _Alignas(16) char stack[STACK];
    // It shares this process's memory, which waits until it has executed its program or ended: nothing is copied.
    pid_t process = clone(program_main, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, &program);
    if (process < 0) {
        report.step = CLINUX_START_INIT;
        report.code = errno;
        tell(socket, &report);
        _exit(127);
    }
    report.kind = STARTED;
    tell(socket, &report);
    // Nothing of the program's own is kept open here: a pipe has to end when the program closes it.
    if (dup2(socket, 0) == 0) {
        clinux_close_range(1, INT_MAX);
        socket = 0;
    }
    clinux_forget_memory(stack, sizeof stack);
    wait_for(process, socket, &all);
}

// MARK: the caller

// `must_join`: the process was not born in its control group of version 2.
static pid_t clone_init(const struct clinux_container *container, int *must_join) {
    *must_join = 0;
    uint64_t flags = CLONE_NEWNS;
    if (!(container->without & CLINUX_WITHOUT_PID_NAMESPACE)) flags |= CLONE_NEWPID;
    if (!(container->without & CLINUX_WITHOUT_IPC_NAMESPACE)) flags |= CLONE_NEWIPC;
    if (!(container->without & CLINUX_WITHOUT_UTS_NAMESPACE)) flags |= CLONE_NEWUTS;
    if (container->cgroup >= 0 && !(container->without & CLINUX_WITHOUT_NEW_CALLS)) {
        int is_known;
        pid_t process = clinux_clone_into(flags, container->cgroup, &is_known);
        if (process >= 0 || is_known) return process;
    }
    *must_join = container->cgroup >= 0;
    return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

// One report, and the number of the process that sent it.
static int hear(int socket, struct report *report, pid_t *sender) {
    union {
        char space[CMSG_SPACE(sizeof(struct ucred))];
        struct cmsghdr align;
    } control;
    struct iovec vector = {.iov_base = report, .iov_len = sizeof *report};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    ssize_t count;
    do {
        count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof *report) {
        if (count >= 0) errno = ECHILD;
        return -1;
    }
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS) continue;
        struct ucred credentials;
        memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
        *sender = credentials.pid;
    }
    report->detail[CLINUX_DETAIL - 1] = '\0';
    return 0;
}

static int await_start(int socket, struct clinux_contained *contained) {
    struct report report;
    pid_t sender = 0;
    while (1) {
        if (hear(socket, &report, &sender) < 0) return -1;
        if (report.kind == PROCESS) contained->process = sender;
        if (report.kind == STARTED) return 0;
        if (report.kind == FAILURE) break;
    }
    contained->step = report.step;
    memcpy(contained->detail, report.detail, sizeof contained->detail);
    errno = report.code;
    return -1;
}

int clinux_container_start(const struct clinux_container *container, struct clinux_contained *contained) {
    memset(contained, 0, sizeof *contained);
    contained->step = CLINUX_START_NAMESPACES;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return -1;
    int yes = 1;
    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
    int must_join;
    contained->init = clone_init(container, &must_join);
    if (contained->init == 0) {
        close(pair[0]);
        init_main(container, pair[1], must_join);
        _exit(127);
    }
    int code = errno;
    close(pair[1]);
    if (contained->init > 0) {
        if (await_start(pair[0], contained) == 0) {
            contained->report = pair[0];
            return 0;
        }
        code = errno;
        kill(contained->init, SIGKILL);
        while (waitpid(contained->init, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    close(pair[0]);
    errno = code;
    return -1;
}

int clinux_container_end(int report) {
    struct report last;
    pid_t sender;
    int flags = fcntl(report, F_GETFL);
    fcntl(report, F_SETFL, flags | O_NONBLOCK);
    while (hear(report, &last, &sender) == 0) {
        if (last.kind == ENDED) return last.code;
    }
    return -1;
}
