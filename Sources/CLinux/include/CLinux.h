// The libc and kernel interfaces the device code uses, and inline forms of what Swift cannot import: macros and
// variadic functions. No logic lives here.
#ifndef PERENNIAL_CLINUX_H
#define PERENNIAL_CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static inline int clinux_errno(void) { return errno; }
static inline void clinux_set_errno(int code) { errno = code; }
static inline int clinux_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }
static inline int clinux_openat(int at, const char *path, int flags, unsigned mode) {
    return openat(at, path, flags, (mode_t)mode);
}
static inline int clinux_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }
static inline int clinux_prctl(int option, unsigned long a, unsigned long b) { return prctl(option, a, b, 0UL, 0UL); }

// Raises the soft limit of open descriptors of this process. What clinux_start and clinux_container_start execute has the
// former one: select(2) knows numbers below 1024 only, and some programs close every number up to the limit.
void clinux_raise_descriptor_limit(rlim_t most);
// Between fork and exec.
void clinux_restore_descriptor_limit(void);

// The hard limit of open descriptors, which the core raises its soft one to; 0 where it cannot be told.
static inline uint64_t clinux_descriptor_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_max : 0;
}

// Gives back the pages of the program's code and constants that this process has in memory: the kernel reads again from the
// file, or from its cache of it, what is used next. madvise(2), MADV_DONTNEED.
void clinux_release_program(void);

// Has `ps` show this process under another command line; the process must have one thread. -1 where it cannot be done.
int clinux_set_title(const char *title);

static inline int clinux_terminal_size(int fd, int *columns, int *lines) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *lines = size.ws_row;
    return 0;
}

// Marked unavailable in Swift's own overlay because of its threads; the supervisor has one.
static inline pid_t clinux_fork(void) { return fork(); }

static inline int clinux_is_directory(unsigned mode) { return S_ISDIR(mode); }
static inline int clinux_is_regular(unsigned mode) { return S_ISREG(mode); }
static inline int clinux_is_link(unsigned mode) { return S_ISLNK(mode); }

// How many names an open file has: 0 once it was removed, -1 with errno.
static inline int64_t clinux_link_count(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 ? (int64_t)status.st_nlink : -1;
}

static inline int clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_code(int status) { return WEXITSTATUS(status); }
static inline int clinux_signaled(int status) { return WIFSIGNALED(status); }
static inline int clinux_term_signal(int status) { return WTERMSIG(status); }

static inline int clinux_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events};
    event.data.u64 = data;
    return epoll_ctl(epoll, operation, fd, &event);
}
static inline uint64_t clinux_event_data(const struct epoll_event *event) { return event->data.u64; }

// glibc declares socket addresses as transparent unions in GNU mode, which Swift cannot pass.
static inline int clinux_bind(int fd, const void *address, socklen_t size) { return bind(fd, (const struct sockaddr *)address, size); }
static inline int clinux_connect(int fd, const void *address, socklen_t size) { return connect(fd, (const struct sockaddr *)address, size); }
static inline int clinux_accept(int fd, void *address, socklen_t *size, int flags) { return accept4(fd, (struct sockaddr *)address, size, flags); }
static inline int clinux_getsockname(int fd, void *address, socklen_t *size) { return getsockname(fd, (struct sockaddr *)address, size); }

// Bytes of a TCP socket that the other end has not confirmed; 0 where that cannot be told.
static inline int clinux_unsent(int fd) {
    int amount = 0;
    return ioctl(fd, TIOCOUTQ, &amount) == 0 ? amount : 0;
}

struct clinux_address {
    uint32_t length; // of bytes
    int is_v6;
    unsigned char bytes[32]; // a sockaddr_in or sockaddr_in6
    char text[64];           // inet_ntop(3)
};

// The TCP addresses of a name, in the order in which to try them: their number, or getaddrinfo(3)'s error, which is
// negative. Blocks.
int clinux_resolve(const char *host, uint16_t port, struct clinux_address *found, int most);
// The error in words.
const char *clinux_resolve_error(int code);

// Bounds each blocking connect, send and receive (socket(7)); they then fail with EAGAIN. The options' names are
// expressions in glibc.
static inline int clinux_set_timeout(int fd, int milliseconds) {
    struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) != 0) return -1;
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

// One record with descriptors (SCM_RIGHTS, unix(7)); at most 16 descriptors.
ssize_t clinux_send_descriptors(int socket, const void *bytes, size_t count, const int *descriptors, size_t amount);
// Fills `descriptors` (room for 16) and sets `amount`; the descriptors are close-on-exec.
ssize_t clinux_receive_descriptors(int socket, void *bytes, size_t count, int *descriptors, size_t *amount);

// Where a start failed, in the order of the steps.
enum clinux_start_step {
    CLINUX_START_SESSION,
    CLINUX_START_PARENT_DEATH,
    CLINUX_START_DESCRIPTORS,
    CLINUX_START_GROUPS,
    CLINUX_START_GROUP,
    CLINUX_START_USER,
    CLINUX_START_PRIVILEGES,
    CLINUX_START_DIRECTORY,
    CLINUX_START_EXECUTE,
    // Of containers alone (CContainer.h).
    CLINUX_START_NAMESPACES,
    CLINUX_START_JOIN,
    CLINUX_START_PRIVATE,
    CLINUX_START_SOURCE,
    CLINUX_START_ROOT,
    CLINUX_START_HOST,
    CLINUX_START_PLACE,
    CLINUX_START_READ_ONLY,
    CLINUX_START_MASK,
    CLINUX_START_PROC,
    CLINUX_START_TMP,
    CLINUX_START_DEV,
    CLINUX_START_DEVICE,
    CLINUX_START_MOUNT,
    CLINUX_START_PIVOT,
    CLINUX_START_CAPABILITIES,
    CLINUX_START_FILTER,
    CLINUX_START_INIT,
};

struct clinux_start {
    const char *executable;
    char *const *arguments;   // ended by NULL
    char *const *environment; // ended by NULL
    const char *directory;
    const int *descriptors; // become 1, 2, …; none of them close-on-exec afterwards; 0 is /dev/null
    int descriptor_count;   // at most 16
    int change_user;        // 0 keeps the caller's identity
    uid_t user;
    gid_t group;
    const gid_t *groups; // the supplementary ones
    int group_count;
    pid_t parent; // the process whose end must end this one
    // The control group into which it is born: an open folder of cgroup2, or -1; and the file to which "0" is written where
    // there is none or the kernel cannot. NULL for no group. A container's are elsewhere (CContainer.h).
    int cgroup;
    const char *cgroup_join;
    // Where it has no group: a number that it and whatever it starts can be told by, as the limit of CPU time at real-time
    // priority (/proc/PID/limits): inherited, never raised again, and too large to be met. 0 for none.
    uint32_t mark;
};

// Starts a program in a session of its own with an empty signal mask, the identity and groups, and no way to gain
// privileges, and ends it when its parent ends. Between fork and exec there are only system calls.
// Returns the process, or -1 with errno and the step that failed in it.
pid_t clinux_start(const struct clinux_start *start, enum clinux_start_step *failed);

// Closes every descriptor from `first` to `last`, both included, that is open.
void clinux_close_range(int first, int last);

// The parts of a start that a container's has too.
int clinux_place_descriptors(const struct clinux_start *start);
int clinux_close_on_exec(int first, int last);
int clinux_join_cgroup(const char *file);

// As fork(2), with namespaces, into a control group of version 2 (clone3(2), Linux 5.7).
// Returns -1 with errno; *is_known says whether the kernel knows how.
pid_t clinux_clone_into(uint64_t flags, int cgroup, int *is_known);

// Gives up every privilege for good: no supplementary groups, the identity, no gaining of privileges, no core dump and no
// tracing by others of the same user. `change_user` 0 keeps the identity. The process ends when `parent` does.
// Returns 0, or -1 with errno.
int clinux_drop_privileges(int change_user, uid_t user, gid_t group, pid_t parent);

// Orphans of this process's children become its own children, so that none is out of its reach (prctl(2)).
static inline void clinux_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

// Default action for every signal and an empty mask: what a started program expects, whatever its parent handled.
void clinux_reset_signals(void);
// A handler that does nothing, so that a blocked-for signal interrupts without ending the process.
void clinux_ignore_signal(int number);

// Who wants to use what a path leads to, and how: `mode` is of R_OK, W_OK, X_OK.
struct clinux_access {
    const char *path;
    int mode;
    int change_user; // 0 asks for the present identity
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
};

// Whether they may, asked of the kernel by a process that is them: modes, lists of access rights, read-only file
// systems and folders on the way count. Returns 0, or the error number.
int clinux_access_as(const struct clinux_access *access_as);

// A descriptor that only names a file (open(2), O_PATH); -1 with errno.
static inline int clinux_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

// A thread that runs jobs one after another, with every signal blocked. NULL with errno.
struct clinux_thread;
struct clinux_thread *clinux_thread_start(void (*run)(void *job), size_t stack);
// Readable when a job is done.
int clinux_thread_event(const struct clinux_thread *thread);
void clinux_thread_submit(struct clinux_thread *thread, void *job);
// The job that was done first and not taken yet; NULL where there is none, and then the event is not readable.
void *clinux_thread_take_done(struct clinux_thread *thread);
// Waits until all submitted jobs are done and the thread has ended.
void clinux_thread_join(struct clinux_thread *thread);
// After join, and after the jobs that are done were taken.
void clinux_thread_free(struct clinux_thread *thread);

#include "CContainer.h"

#endif
