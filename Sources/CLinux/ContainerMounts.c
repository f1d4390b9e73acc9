// What a contained program sees of the file system: a small tmpfs as its root, with each folder of the host's root bound
// below it, read-only. An overlay would hide what is mounted below its lower folder, and a bind of the host's root itself
// has no place for /lambda.
#include "ContainerMounts.h"
#include "DirectoryEntry.h"

#include <sys/syscall.h>
#include <sys/sysmacros.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
enum { MOST_MOUNTS = 64, PATH_SPACE = PATH_MAX + 64 };

struct builder {
    const struct clinux_container *container;
    int sources[MOST_MOUNTS];
    int devices[MOST_MOUNTS];
    int host_dev;
    int host_tmp;
    int host_sys;
    struct clinux_places places;
    char *detail;
};

void clinux_set_detail(char *detail, const char *path) {
    size_t length = strlen(path);
    if (length >= CLINUX_DETAIL) length = CLINUX_DETAIL - 1;
    memcpy(detail, path, length);
    detail[length] = '\0';
}

static int has(const struct builder *builder, unsigned barrier) { return !(builder->container->without & barrier); }

// Everything that lies outside of the new root is opened while the old one is still there, and before anything covers it.
static int open_sources(struct builder *builder, int *step) {
    const struct clinux_container *container = builder->container;
    *step = CLINUX_START_SOURCE;
    if (container->mount_count > MOST_MOUNTS || container->device_count > MOST_MOUNTS) {
        errno = E2BIG;
        return -1;
    }
    for (int index = 0; index < container->mount_count; index++) {
        const char *source = container->mounts[index].source;
        clinux_set_detail(builder->detail, source);
        builder->sources[index] = has(builder, CLINUX_WITHOUT_LINK_CHECK) ? clinux_open_below(-1, source)
                                                                         : open(source, O_PATH | O_CLOEXEC);
        if (builder->sources[index] < 0) return -1;
    }
    *step = CLINUX_START_DEVICE;
    for (int index = 0; index < container->device_count; index++) {
        clinux_set_detail(builder->detail, container->devices[index]);
        builder->devices[index] = clinux_open_below(-1, container->device_sources[index]);
        if (builder->devices[index] < 0) return -1;
        struct stat status;
        if (fstat(builder->devices[index], &status) < 0) return -1;
        if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) {
            errno = ENOTBLK;
            return -1;
        }
    }
    builder->host_dev = open("/dev", O_PATH | O_CLOEXEC);
    builder->host_tmp = open("/tmp", O_PATH | O_CLOEXEC);
    builder->host_sys = open("/sys", O_PATH | O_CLOEXEC);
    return 0;
}

static int is_own(const char *name) {
    static const char *const names[] = {".", "..", "proc", "dev", "sys", "tmp"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (strcmp(name, names[index]) == 0) return 1;
    }
    return 0;
}

static int is_masked(const struct builder *builder, const char *path) {
    for (int index = 0; index < builder->container->mask_count; index++) {
        if (strcmp(builder->container->masks[index], path) == 0) return has(builder, CLINUX_WITHOUT_MASKS);
    }
    return 0;
}

static int show_entry(struct builder *builder, int host, const struct directory_entry *entry) {
    char path[NAME_MAX + 2] = "/";
    strcpy(path + 1, entry->name);
    clinux_set_detail(builder->detail, path);
    unsigned char type = entry->type;
    if (type == DT_UNKNOWN) {
        struct stat status;
        if (fstatat(host, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0) return errno == ENOENT ? 0 : -1;
        type = (unsigned char)IFTODT(status.st_mode);
    }
    if (type == DT_LNK) {
        char link[PATH_SPACE];
        ssize_t count = readlinkat(host, entry->name, link, sizeof link - 1);
        if (count < 0) return -1;
        link[count] = '\0';
        return symlink(link, entry->name);
    }
    // A file there (a swap file, a kernel) is nothing that a function needs.
    if (type != DT_DIR) return 0;
    if (mkdir(entry->name, 0755) < 0) return -1;
    if (is_masked(builder, path)) return 0;
    // As a folder: where it is mounted when it is needed first (autofs), it is now.
    int source = openat(host, entry->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0) return -1;
    int result = clinux_show_at(&builder->places, source, path, 0);
    int code = errno;
    close(source);
    errno = code;
    return result;
}

static int show_host(struct builder *builder) {
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    _Alignas(struct directory_entry) char room[8192];
    long count;
    while ((count = syscall(SYS_getdents64, folder, room, sizeof room)) > 0) {
        for (long at = 0; at < count;) {
            const struct directory_entry *entry = (const struct directory_entry *)(room + at);
            at += entry->size;
            if (!is_own(entry->name) && show_entry(builder, folder, entry) < 0) return -1;
        }
    }
    close(folder);
    return count < 0 ? -1 : 0;
}

// The root lies in a folder of ours, beside the places where mounts are worked on.
static int make_staging(struct builder *builder) {
    const char *staging = builder->container->staging;
    if (mount("perennial", staging, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700,size=4k") < 0) return -1;
    // It covers a folder of the host that a volume may hold: no bind shows it there.
    if (mount(NULL, staging, NULL, MS_UNBINDABLE, NULL) < 0) return -1;
    if (chdir(staging) < 0 || mkdir("root", 0755) < 0 || mkdir("work", 0755) < 0) return -1;
    if (mknod("file", S_IFREG | 0444, 0) < 0) return -1;
    if (mount("perennial", "root", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") < 0) return -1;
    if (chdir("root") < 0) return -1;
    builder->places.root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return builder->places.root < 0 ? -1 : clinux_add_own(&builder->places, builder->places.root);
}

static int make_root(struct builder *builder, int *step) {
    const struct clinux_container *container = builder->container;
    *step = CLINUX_START_PRIVATE;
    // Nothing that is mounted here reaches the host, nor the other way round: what the host mounts later would be writable.
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return -1;
    *step = CLINUX_START_ROOT;
    clinux_set_detail(builder->detail, container->staging);
    if (make_staging(builder) < 0) return -1;
    if (mkdir("proc", 0555) < 0 || mkdir("dev", 0755) < 0 || mkdir("tmp", 0755) < 0 || mkdir("sys", 0555) < 0) return -1;
    *step = CLINUX_START_HOST;
    if (show_host(builder) < 0) return -1;
    if (container->shows_sysfs && clinux_show_at(&builder->places, builder->host_sys, "/sys", 0) < 0) return -1;
    *step = CLINUX_START_PLACE;
    for (int index = 0; index < container->mount_count; index++) {
        clinux_set_detail(builder->detail, container->mounts[index].destination);
        struct stat status;
        if (fstat(builder->sources[index], &status) < 0) return -1;
        const char *place = container->mounts[index].destination;
        if (clinux_make_place(&builder->places, place, S_ISDIR(status.st_mode)) < 0) return -1;
    }
    *step = CLINUX_START_READ_ONLY;
    unsigned long flags = MS_NODEV;
    if (has(builder, CLINUX_WITHOUT_READ_ONLY)) flags |= MS_RDONLY;
    if (has(builder, CLINUX_WITHOUT_NO_SUID)) flags |= MS_NOSUID;
    clinux_set_detail(builder->detail, "/");
    return clinux_restrict(&builder->places, flags);
}

static int mask_host(struct builder *builder, int *step) {
    *step = CLINUX_START_MASK;
    if (!has(builder, CLINUX_WITHOUT_MASKS)) return 0;
    for (int index = 0; index < builder->container->mask_count; index++) {
        clinux_set_detail(builder->detail, builder->container->masks[index]);
        if (clinux_mask(&builder->places, builder->container->masks[index]) < 0) return -1;
    }
    return 0;
}

static int make_devices(struct builder *builder) {
    static const struct {
        const char *path;
        unsigned minor, major;
    } common[] = {{"/dev/null", 3, 1}, {"/dev/zero", 5, 1}, {"/dev/full", 7, 1}, {"/dev/random", 8, 1},
                  {"/dev/urandom", 9, 1}, {"/dev/tty", 0, 5}};
    for (size_t index = 0; index < sizeof common / sizeof *common; index++) {
        const char *path = common[index].path;
        clinux_set_detail(builder->detail, path);
        if (mknod(path + 1, S_IFCHR | 0666, makedev(common[index].major, common[index].minor)) == 0) continue;
        if (errno != EPERM) return -1;
        // Inside a container that may not make devices, the host's own are shown.
        if (mknod(path + 1, S_IFREG | 0666, 0) < 0) return -1;
        int source = openat(builder->host_dev, path + 5, O_PATH | O_CLOEXEC);
        if (source < 0 || clinux_show_at(&builder->places, source, path, 0) < 0) return -1;
        close(source);
    }
    if (symlink("/proc/self/fd", "dev/fd") < 0 || symlink("/proc/self/fd/0", "dev/stdin") < 0) return -1;
    if (symlink("/proc/self/fd/1", "dev/stdout") < 0 || symlink("/proc/self/fd/2", "dev/stderr") < 0) return -1;
    return mkdir("dev/shm", 01777);
}

static int add_own(struct builder *builder, const char *name) {
    int folder = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    int result = clinux_add_own(&builder->places, folder);
    close(folder);
    return result;
}

static int mount_own(struct builder *builder, int *step) {
    const struct clinux_container *container = builder->container;
    unsigned long plain = MS_NOSUID | MS_NODEV;
    *step = CLINUX_START_PROC;
    clinux_set_detail(builder->detail, "/proc");
    // Read-only: a function of user 0 owns /proc/sys, whatever capabilities it lacks.
    unsigned long proc = plain | MS_NOEXEC | (has(builder, CLINUX_WITHOUT_READ_ONLY_PROC) ? MS_RDONLY : 0);
    if (mount("proc", "proc", "proc", proc, NULL) < 0) return -1;
    *step = CLINUX_START_TMP;
    clinux_set_detail(builder->detail, "/tmp");
    if (!has(builder, CLINUX_WITHOUT_PRIVATE_TMP)) {
        if (clinux_show_at(&builder->places, builder->host_tmp, "/tmp", 0) < 0) return -1;
    } else if (mount("tmpfs", "tmp", "tmpfs", plain, container->tmp_options) < 0 || add_own(builder, "tmp") < 0) {
        return -1;
    }
    *step = CLINUX_START_DEV;
    clinux_set_detail(builder->detail, "/dev");
    if (!has(builder, CLINUX_WITHOUT_MINIMAL_DEV))
        return clinux_show_at(&builder->places, builder->host_dev, "/dev", 0);
    if (mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, container->tmp_options) < 0) return -1;
    if (chmod("dev", 0755) < 0 || add_own(builder, "dev") < 0) return -1;
    return make_devices(builder);
}

static int mount_granted(struct builder *builder, int *step) {
    const struct clinux_container *container = builder->container;
    struct clinux_places *places = &builder->places;
    *step = CLINUX_START_DEVICE;
    for (int index = 0; index < container->device_count; index++) {
        clinux_set_detail(builder->detail, container->devices[index]);
        if (!has(builder, CLINUX_WITHOUT_MINIMAL_DEV)) break;
        if (clinux_make_place(places, container->devices[index], 0) < 0) return -1;
        if (clinux_show_at(places, builder->devices[index], container->devices[index], 0) < 0) return -1;
    }
    *step = CLINUX_START_MOUNT;
    for (int index = 0; index < container->mount_count; index++) {
        const struct clinux_mount *mount = &container->mounts[index];
        clinux_set_detail(builder->detail, mount->destination);
        // Places in /tmp, /dev and /proc, which did not exist before. Inside another mount nothing is made.
        if (strncmp(mount->destination, "/tmp/", 5) == 0 || strncmp(mount->destination, "/dev/", 5) == 0) {
            struct stat status;
            if (fstat(builder->sources[index], &status) < 0) return -1;
            if (clinux_make_place(places, mount->destination, S_ISDIR(status.st_mode)) < 0) return -1;
        }
        unsigned long flags = MS_NOSUID | MS_NODEV | (mount->is_writable ? 0 : MS_RDONLY);
        if (clinux_show_at(places, builder->sources[index], mount->destination, flags) < 0) return -1;
    }
    *step = CLINUX_START_MASK;
    for (int index = 0; has(builder, CLINUX_WITHOUT_MASKS) && index < container->late_mask_count; index++) {
        clinux_set_detail(builder->detail, container->late_masks[index]);
        if (clinux_mask(places, container->late_masks[index]) < 0) return -1;
    }
    return 0;
}

// pivot_root(2): "." twice puts the old root over the new one, from where it is unmounted; no folder is needed for it.
static int enter(const struct builder *builder, int *step) {
    *step = CLINUX_START_PIVOT;
    clinux_set_detail(builder->detail, builder->container->staging);
    if (fchdir(builder->places.root) < 0) return -1;
    if (syscall(SYS_pivot_root, ".", ".") < 0) return -1;
    if (umount2(".", MNT_DETACH) < 0) return -1;
    return chdir("/");
}

int clinux_build_root(const struct clinux_container *container, int *step, char *detail) {
    struct builder builder;
    memset(&builder, 0, sizeof builder);
    builder.container = container;
    builder.detail = detail;
    // Linux 5.12: where this call is known, open_tree(2) and move_mount(2) of 5.2 are too.
    builder.places.is_new = !(container->without & CLINUX_WITHOUT_NEW_CALLS) &&
                            syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) < 0 && errno == EINVAL;
    if (open_sources(&builder, step) < 0) return -1;
    if (make_root(&builder, step) < 0) return -1;
    if (mask_host(&builder, step) < 0) return -1;
    if (mount_own(&builder, step) < 0) return -1;
    if (mount_granted(&builder, step) < 0) return -1;
    return enter(&builder, step);
}
