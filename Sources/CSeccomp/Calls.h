// The system calls of functions in a container, by what they are for. A name that is in neither list answers ENOSYS.
#ifndef PERENNIAL_SECCOMP_CALLS_H
#define PERENNIAL_SECCOMP_CALLS_H

#include <stddef.h>

// Allowed with all arguments; clone, socket and personality are allowed with some.
static const char *const harmless_calls[] = {
    // Files.
    "access", "faccessat", "faccessat2", "chdir", "fchdir", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown",
    "chown32", "fchown", "fchown32", "fchownat", "lchown", "lchown32", "close", "close_range", "creat", "dup", "dup2",
    "dup3", "fallocate", "fadvise64", "fadvise64_64", "arm_fadvise64_64", "fcntl", "fcntl64", "fdatasync", "fsync",
    "flock", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "ftruncate", "ftruncate64", "futimesat",
    "getcwd", "getdents", "getdents64", "getxattr", "fgetxattr", "lgetxattr", "setxattr", "fsetxattr", "lsetxattr",
    "listxattr", "flistxattr", "llistxattr", "removexattr", "fremovexattr", "lremovexattr", "ioctl", "link", "linkat",
    "lseek", "_llseek", "lstat", "lstat64", "mkdir", "mkdirat", "mknod", "mknodat", "newfstatat", "oldfstat",
    "oldlstat", "oldstat", "open", "openat", "openat2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev",
    "pwritev2", "read", "readahead", "readdir", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2",
    "rmdir", "sendfile", "sendfile64", "splice", "stat", "stat64", "statfs", "statfs64", "statx", "symlink",
    "symlinkat", "sync", "sync_file_range", "sync_file_range2", "arm_sync_file_range", "syncfs", "tee", "truncate",
    "truncate64", "umask", "unlink", "unlinkat", "utime", "utimensat", "utimensat_time64", "utimes", "vmsplice",
    "write", "writev", "copy_file_range",
    // Memory.
    "brk", "get_mempolicy", "madvise", "mbind", "membarrier", "memfd_create", "memfd_secret", "mincore", "mlock",
    "mlock2", "mlockall", "mmap", "mmap2", "modify_ldt", "mprotect", "mremap", "msync", "munlock", "munlockall",
    "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect", "process_madvise", "remap_file_pages", "set_mempolicy",
    "set_mempolicy_home_node",
    // Processes.
    "arch_prctl", "set_thread_area", "get_thread_area", "set_tls", "get_tls", "breakpoint", "cacheflush", "execve",
    "execveat", "exit", "exit_group", "fork", "vfork", "getcpu", "getegid", "getegid32", "geteuid", "geteuid32",
    "getgid", "getgid32", "getgroups", "getgroups32", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
    "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit", "ugetrlimit", "getrusage", "getsid",
    "gettid", "getuid", "getuid32", "capget", "capset", "ioprio_get", "ioprio_set", "kill", "prctl", "prlimit64",
    "pidfd_open", "pidfd_send_signal", "restart_syscall", "rseq", "sched_getaffinity", "sched_getattr",
    "sched_getparam", "sched_get_priority_max", "sched_get_priority_min", "sched_getscheduler",
    "sched_rr_get_interval", "sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sched_yield", "seccomp", "set_robust_list", "get_robust_list", "set_tid_address",
    "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups", "setgroups32", "setpgid",
    "setpriority", "setregid", "setregid32", "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid",
    "setreuid32", "setrlimit", "setsid", "setuid", "setuid32", "sysinfo", "tgkill", "times", "tkill", "uname",
    "wait4", "waitid", "waitpid", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
    // Signals.
    "alarm", "pause", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn",
    "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sigaction", "sigaltstack",
    "signal", "signalfd", "signalfd4", "sigpending", "sigprocmask", "sigreturn", "sigsuspend",
    // Time.
    "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64", "clock_nanosleep",
    "clock_nanosleep_time64", "getitimer", "gettimeofday", "nanosleep", "setitimer", "time", "timer_create",
    "timer_delete", "timer_getoverrun", "timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64",
    "timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64",
    // Waiting.
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "epoll_wait_old", "eventfd", "eventfd2", "futex", "futex_time64", "futex_waitv", "_newselect", "poll", "ppoll",
    "ppoll_time64", "pselect6", "pselect6_time64", "select", "pipe", "pipe2", "inotify_add_watch", "inotify_init",
    "inotify_init1", "inotify_rm_watch",
    // Asynchronous input and output.
    "io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit",
    // Between processes.
    "ipc", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64", "mq_timedsend",
    "mq_timedsend_time64", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop",
    "semtimedop", "semtimedop_time64", "shmat", "shmctl", "shmdt", "shmget",
    // Network.
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recv", "recvfrom",
    "recvmmsg", "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown",
    "socketpair", "getrandom",
    NULL,
};

// Answer EPERM: they reach beyond a process, or have been the way to many holes.
static const char *const privileged_calls[] = {
    // The kernel itself.
    "create_module", "delete_module", "finit_module", "init_module", "query_module", "kexec_load", "kexec_file_load",
    "reboot", "bpf", "perf_event_open", "lookup_dcookie", "syslog", "_sysctl", "nfsservctl", "quotactl",
    "quotactl_fd", "uselib", "ustat", "sysfs", "vhangup", "vm86", "vm86old", "iopl", "ioperm", "pciconfig_read",
    "pciconfig_write", "pciconfig_iobase",
    // The machine's settings.
    "acct", "adjtimex", "clock_adjtime", "clock_adjtime64", "clock_settime", "clock_settime64", "settimeofday",
    "stime", "sethostname", "setdomainname", "swapon", "swapoff",
    // What is mounted, and namespaces.
    "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "fsopen", "fsconfig", "fsmount",
    "fspick", "move_mount", "open_tree", "mount_setattr", "name_to_handle_at", "open_by_handle_at", "fanotify_init",
    "fanotify_mark",
    // Other processes.
    "ptrace", "process_vm_readv", "process_vm_writev", "process_mrelease", "kcmp", "migrate_pages", "move_pages",
    "pidfd_getfd",
    // Keys and other ways into the kernel that functions have no use for.
    "add_key", "request_key", "keyctl", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    NULL,
};

#endif
