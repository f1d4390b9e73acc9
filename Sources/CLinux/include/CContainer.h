// The start of a program in a container of its own: namespaces, what it sees of the file system, control groups,
// capabilities, the filter of system calls (docs/sandbox.md).
#ifndef PERENNIAL_CCONTAINER_H
#define PERENNIAL_CCONTAINER_H

#include <stdint.h>
#include <sys/types.h>

struct clinux_mount {
    const char *source;      // absolute and without symbolic links
    const char *destination; // absolute, without `.` and `..`
    int is_writable;
};

// Barriers that a container is started without: only for control runs of tests, which show that the barrier is what
// stops an attack.
enum {
    CLINUX_WITHOUT_READ_ONLY = 1 << 0,
    CLINUX_WITHOUT_MASKS = 1 << 1,
    CLINUX_WITHOUT_PRIVATE_TMP = 1 << 2,
    CLINUX_WITHOUT_PID_NAMESPACE = 1 << 3,
    CLINUX_WITHOUT_IPC_NAMESPACE = 1 << 4,
    CLINUX_WITHOUT_UTS_NAMESPACE = 1 << 5,
    CLINUX_WITHOUT_CAPABILITY_DROP = 1 << 6,
    CLINUX_WITHOUT_FILTER = 1 << 7,
    CLINUX_WITHOUT_NO_NEW_PRIVILEGES = 1 << 8,
    CLINUX_WITHOUT_IDENTITY = 1 << 9,
    CLINUX_WITHOUT_READ_ONLY_PROC = 1 << 10,
    CLINUX_WITHOUT_NO_SUID = 1 << 11,
    CLINUX_WITHOUT_MINIMAL_DEV = 1 << 12,
    CLINUX_WITHOUT_LINK_CHECK = 1 << 13,
    CLINUX_WITHOUT_HIDDEN_INIT = 1 << 15,
    // Not a barrier: takes the ways of kernels before 5.12.
    CLINUX_WITHOUT_NEW_CALLS = 1 << 14,
};

struct clinux_container {
    const struct clinux_start *start; // paths in there are the container's
    const char *staging;              // an empty folder of the host
    const char *const *masks;         // host folders of which nothing is shown; without symbolic links
    int mask_count;
    const struct clinux_mount *mounts; // the ones above others first
    int mount_count;
    const char *const *late_masks; // places of the container that are masked after the mounts
    int late_mask_count;
    const char *const *devices;        // absolute paths below /dev: where they are shown
    const char *const *device_sources; // the same without symbolic links
    int device_count;
    const char *tmp_options; // of the tmpfs at /tmp
    int shows_sysfs;
    const char *const *joins; // files of cgroupfs: "0" is written to each
    int join_count;
    int cgroup; // an open folder of cgroup2, into which the process is born where the kernel can; or -1
    const char *cgroup_join; // where "0" is written if it cannot
    const void *filter;      // struct sock_filter[], compiled for seccomp(2)
    unsigned short filter_count;
    unsigned without;
    int is_probe; // everything but the program itself, which is not executed
};

enum { CLINUX_DETAIL = 256 };

struct clinux_contained {
    pid_t init;    // process 1 of the container; its end is the end of all in there
    pid_t process; // the program
    int report;    // tells how the program ended: clinux_container_end
    int step;      // enum clinux_start_step, when it failed
    char detail[CLINUX_DETAIL]; // the path concerned, or empty
};

// Starts the program. Between clone and exec there are only system calls. A control run without a PID namespace has no
// init: its `init` is the process that waits for the program.
// Returns 0, or -1 with errno, `step` and `detail`; then nothing is left.
int clinux_container_start(const struct clinux_container *container, struct clinux_contained *contained);

// After `init` has ended: the wait status of the program, or -1 when it ended before it could tell (it was killed).
int clinux_container_end(int report);

// Attaches a program to a folder of cgroup2 that allows only these devices: cgroup v2's list (bpf(2)).
struct clinux_device {
    int is_block;
    unsigned major;
    unsigned minor;
    int may_write;
    int may_make; // mknod(2), for which a capability is needed besides
};
int clinux_limit_devices(int cgroup, const struct clinux_device *devices, int count);

// The file system's type of an open path, statfs(2).
int64_t clinux_file_system(const char *path);

// Major and minor number of a device; 0 where the path is none, without following a link at its end.
int clinux_device_numbers(const char *path, struct clinux_device *device);

// The path without symbolic links, in memory of the caller's to free; NULL with errno.
static inline char *clinux_resolve_path(const char *path) { return realpath(path, NULL); }

#endif
