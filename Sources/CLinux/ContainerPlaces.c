// Binds, restrictions, masks and places for mounts: the steps of ContainerMounts.c, with the kernel's newer calls and
// with those that Linux 4.4 has. Each place is opened part by part, without links, and what is done to it is done to the
// open one: a function that can write to a folder on the way must not lead a mount of the next one elsewhere.
#include "ContainerMounts.h"
#include "DirectoryEntry.h"

#include <sys/syscall.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
// open_tree(2), move_mount(2), mount_setattr(2): not in every libc's headers.
enum {
    TREE_CLONE = 1,
    TREE_CLOEXEC = O_CLOEXEC,
    AT_ALL = 0x8000, // AT_RECURSIVE
    AT_OPEN_PATH = 0x1000, // AT_EMPTY_PATH
    FROM_OPEN_PATH = 4, // MOVE_MOUNT_F_EMPTY_PATH
    TO_OPEN_PATH = 0x40, // MOVE_MOUNT_T_EMPTY_PATH
    ATTRIBUTE_RDONLY = 1,
    ATTRIBUTE_NOSUID = 2,
    ATTRIBUTE_NODEV = 4,
    PATH_SPACE = PATH_MAX + 64,
    NAME_SPACE = 32, // of name_of
    MOST_ENTRIES = 4096,
};

struct attributes {
    uint64_t set, clear, propagation, user_namespace;
};

// The name of an open path for calls that take none.
static const char *name_of(int descriptor, char *room) {
    char digits[12];
    int count = 0;
    strcpy(room, "/proc/self/fd/");
    char *out = room + strlen(room);
    do digits[count++] = (char)('0' + descriptor % 10);
    while ((descriptor /= 10) > 0);
    while (count > 0) *out++ = digits[--count];
    *out = '\0';
    return room;
}

static int close_with(int descriptor, int result) {
    int code = errno;
    close(descriptor);
    errno = code;
    return result;
}

static int set_attributes(int tree, unsigned long flags) {
    struct attributes attributes = {0, 0, 0, 0};
    if (flags & MS_RDONLY) attributes.set |= ATTRIBUTE_RDONLY;
    if (flags & MS_NOSUID) attributes.set |= ATTRIBUTE_NOSUID;
    if (flags & MS_NODEV) attributes.set |= ATTRIBUTE_NODEV;
    return (int)syscall(
        SYS_mount_setattr, tree, "", (unsigned)(AT_ALL | AT_OPEN_PATH), &attributes, sizeof attributes);
}

static int restrict_each(int place, unsigned long flags);

// Where nobody else can exchange a part of the path: there it is restricted, then it is moved to its place.
static int bind_restricted(const char *from, const char *to, unsigned long flags) {
    const char *work = CLINUX_WORK_FOLDER;
    if (mount(from, work, NULL, MS_BIND | MS_REC, NULL) < 0) {
        work = CLINUX_WORK_FILE;
        if (errno != ENOTDIR || mount(from, work, NULL, MS_BIND | MS_REC, NULL) < 0) return -1;
    }
    int made = open(work, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (made < 0) return -1;
    char room[NAME_SPACE];
    if (restrict_each(made, flags) < 0) return close_with(made, -1);
    return close_with(made, mount(name_of(made, room), to, NULL, MS_MOVE, NULL));
}

int clinux_show(const struct clinux_places *places, int source, int target, unsigned long flags) {
    if (places->is_new) {
        int tree = (int)syscall(
            SYS_open_tree, source, "", (unsigned)(TREE_CLONE | TREE_CLOEXEC | AT_ALL | AT_OPEN_PATH));
        if (tree < 0) return -1;
        if (flags != 0 && set_attributes(tree, flags) < 0) return close_with(tree, -1);
        return close_with(
            tree, (int)syscall(SYS_move_mount, tree, "", target, "", (unsigned)(FROM_OPEN_PATH | TO_OPEN_PATH)));
    }
    char from[NAME_SPACE];
    char to[NAME_SPACE];
    name_of(source, from);
    name_of(target, to);
    return flags == 0 ? mount(from, to, NULL, MS_BIND | MS_REC, NULL) : bind_restricted(from, to, flags);
}

int clinux_show_at(const struct clinux_places *places, int source, const char *path, unsigned long flags) {
    int target = clinux_open_below(places->root, path);
    return target < 0 ? -1 : close_with(target, clinux_show(places, source, target, flags));
}

// MARK: restrictions

// One line of /proc/self/mountinfo (proc(5)): the fifth field is the place, with octal escapes, the sixth its options.
// Returns 1 for the place itself, 0 for another, or -1 with errno.
static int restrict_line(char *line, int place, const char *target, unsigned long flags) {
    char *field = line;
    for (int skip = 0; skip < 4; skip++) {
        field = strchr(field, ' ');
        if (field == NULL) return 0;
        field++;
    }
    char *options = strchr(field, ' ');
    if (options == NULL) return 0;
    *options++ = '\0';
    char *out = field;
    for (char *in = field; *in != '\0'; in++) {
        if (in[0] == '\\' && in[1] && in[2] && in[3]) {
            *out++ = (char)((in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0'));
            in += 3;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    size_t length = strlen(target);
    if (strncmp(field, target, length) != 0 || (field[length] != '\0' && field[length] != '/')) return 0;
    char *end = strchr(options, ' ');
    if (end != NULL) *end = '\0';
    // What the host has restricted already stays so.
    for (char *option = options; option != NULL && *option != '\0';) {
        char *next = strchr(option, ',');
        if (next != NULL) *next++ = '\0';
        if (strcmp(option, "ro") == 0) flags |= MS_RDONLY;
        if (strcmp(option, "nosuid") == 0) flags |= MS_NOSUID;
        if (strcmp(option, "nodev") == 0) flags |= MS_NODEV;
        if (strcmp(option, "noexec") == 0) flags |= MS_NOEXEC;
        option = next;
    }
    int is_place = field[length] == '\0';
    int descriptor = is_place ? place : clinux_open_below(-1, field);
    char room[NAME_SPACE];
    int result = descriptor < 0 ? -1 : mount(NULL, name_of(descriptor, room), NULL, MS_REMOUNT | MS_BIND | flags, NULL);
    if (!is_place && descriptor >= 0) close_with(descriptor, 0);
    if (result == 0) return is_place;
    // A mount that another one covers: nobody sees it.
    return !is_place && (errno == EINVAL || errno == ENOENT || errno == ENOTDIR) ? 0 : -1;
}

// Each mount that the kernel lists at the open place or below it. The list has paths without links, and so has the name
// that the kernel gives to a descriptor.
static int restrict_each(int place, unsigned long flags) {
    char target[PATH_SPACE];
    char room[2 * PATH_MAX];
    ssize_t length = readlink(name_of(place, room), target, sizeof target - 1);
    if (length < 0) return -1;
    target[length] = '\0';
    int file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t held = 0;
    int found = 0;
    while (1) {
        ssize_t count = read(file, room + held, sizeof room - 1 - held);
        if (count < 0) return close_with(file, -1);
        if (count == 0) break;
        held += (size_t)count;
        room[held] = '\0';
        char *line = room;
        char *end;
        while ((end = strchr(line, '\n')) != NULL) {
            *end = '\0';
            int result = restrict_line(line, place, target, flags);
            if (result < 0) return close_with(file, -1);
            found += result;
            line = end + 1;
        }
        held -= (size_t)(line - room);
        memmove(room, line, held);
        if (held == sizeof room - 1) {
            errno = ENAMETOOLONG;
            return close_with(file, -1);
        }
    }
    // What is not listed is not restricted either.
    errno = ESTALE;
    return close_with(file, found > 0 ? 0 : -1);
}

int clinux_restrict(const struct clinux_places *places, unsigned long flags) {
    return places->is_new ? set_attributes(places->root, flags) : restrict_each(places->root, flags);
}

int clinux_mask(const struct clinux_places *places, const char *path) {
    int target = clinux_open_below(places->root, path);
    if (target < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    struct stat status;
    if (fstat(target, &status) < 0) return close_with(target, -1);
    if (S_ISDIR(status.st_mode)) {
        char room[NAME_SPACE];
        unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
        return close_with(target, mount("perennial", name_of(target, room), "tmpfs", flags, "mode=555,size=4k"));
    }
    int null = open("/dev/null", O_PATH | O_CLOEXEC);
    if (null < 0) return close_with(target, -1);
    return close_with(target, close_with(null, clinux_show(places, null, target, 0)));
}

// MARK: places

// The next part of a path: copies it and moves on. Returns its length, 0 at the end, -1 with errno.
static int next_part(const char **path, char *name) {
    while (**path == '/') (*path)++;
    size_t length = strcspn(*path, "/");
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, *path, length);
    name[length] = '\0';
    *path += length;
    return (int)length;
}

// A file system of a user (FUSE) may keep even root from asking what it is; that it is no link is told all the same.
static int is_link(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) == 0) return S_ISLNK(status.st_mode);
    char room[1];
    return readlinkat(descriptor, "", room, sizeof room) >= 0 || (errno != ENOENT && errno != EINVAL);
}

// One part; ELOOP where it is a link.
static int open_part(int folder, const char *name) {
    int part = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (part < 0 || (strcmp(name, "..") != 0 && !is_link(part))) return part;
    close(part);
    errno = ELOOP;
    return -1;
}

int clinux_open_below(int root, const char *path) {
    if (path[0] != '/') {
        errno = EINVAL;
        return -1;
    }
    int here = root < 0 ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : fcntl(root, F_DUPFD_CLOEXEC, 0);
    while (here >= 0) {
        char name[NAME_MAX + 1];
        int length = next_part(&path, name);
        if (length == 0) break;
        here = close_with(here, length < 0 ? -1 : open_part(here, name));
    }
    return here;
}

static int copy_entry(const struct clinux_places *places, int folder, const char *name, int place) {
    struct stat status;
    int source = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0) return errno == ENOENT ? 0 : -1;
    // What even root may not ask about is a folder that a user has mounted (FUSE).
    if (fstat(source, &status) < 0) status.st_mode = S_IFDIR;
    int result = -1;
    if (S_ISLNK(status.st_mode)) {
        char link[PATH_SPACE];
        ssize_t count = readlinkat(source, "", link, sizeof link - 1);
        if (count >= 0) {
            link[count] = '\0';
            result = symlinkat(link, place, name);
        }
        return close_with(source, result);
    }
    result = S_ISDIR(status.st_mode) ? mkdirat(place, name, 0755) : mknodat(place, name, S_IFREG | 0444, 0);
    if (result < 0) return close_with(source, -1);
    int target = open_part(place, name);
    result = target < 0 ? -1 : close_with(target, clinux_show(places, source, target, 0));
    return close_with(source, result);
}

static int copy_entries(const struct clinux_places *places, int folder, int place) {
    _Alignas(struct directory_entry) char room[8192];
    long count;
    int entries = 0;
    while ((count = syscall(SYS_getdents64, folder, room, sizeof room)) > 0) {
        for (long at = 0; at < count;) {
            const struct directory_entry *entry = (const struct directory_entry *)(room + at);
            at += entry->size;
            if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
            if (++entries > MOST_ENTRIES) {
                errno = E2BIG;
                return -1;
            }
            if (copy_entry(places, folder, entry->name, place) < 0) return -1;
        }
    }
    return count < 0 ? -1 : 0;
}

// Covers a folder with one of ours that has the same entries, so that there is room for another one. It is filled before
// it is moved there. Returns it, open.
static int replace_folder(struct clinux_places *places, int folder) {
    struct stat status;
    if (fstat(folder, &status) < 0) return -1;
    if (mount("perennial", CLINUX_WORK_FOLDER, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") < 0) return -1;
    int made = open(CLINUX_WORK_FOLDER, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (made < 0) return -1;
    if (chown(CLINUX_WORK_FOLDER, status.st_uid, status.st_gid) < 0 ||
        chmod(CLINUX_WORK_FOLDER, status.st_mode & 07777) < 0) return close_with(made, -1);
    int entries = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (entries < 0) return close_with(made, -1);
    if (close_with(entries, copy_entries(places, entries, made)) < 0) return close_with(made, -1);
    char from[NAME_SPACE];
    char to[NAME_SPACE];
    if (mount(name_of(made, from), name_of(folder, to), NULL, MS_MOVE, NULL) < 0) return close_with(made, -1);
    return clinux_add_own(places, made) < 0 ? close_with(made, -1) : made;
}

int clinux_add_own(struct clinux_places *places, int folder) {
    struct stat status;
    if (fstat(folder, &status) < 0) return -1;
    if (places->count == CLINUX_MOST_OWN) {
        errno = E2BIG;
        return -1;
    }
    places->own[places->count++] = status.st_dev;
    return 0;
}

// Whether a folder is on a file system that this start has made: on others nothing is created.
static int is_own(const struct clinux_places *places, int folder) {
    struct stat status;
    if (fstat(folder, &status) < 0) return 0;
    for (int index = 0; index < places->count; index++) {
        if (places->own[index] == status.st_dev) return 1;
    }
    return 0;
}

int clinux_make_place(struct clinux_places *places, const char *path, int is_folder) {
    int here = fcntl(places->root, F_DUPFD_CLOEXEC, 0);
    while (here >= 0) {
        char name[NAME_MAX + 1];
        int length = next_part(&path, name);
        if (length <= 0) return close_with(here, length);
        int next = open_part(here, name);
        if (next < 0 && errno == ENOENT) {
            if (!is_own(places, here)) {
                here = close_with(here, replace_folder(places, here));
                if (here < 0) return -1;
            }
            int is_last = path[strspn(path, "/")] == '\0';
            int made = is_last && !is_folder ? mknodat(here, name, S_IFREG | 0444, 0) : mkdirat(here, name, 0755);
            next = made < 0 ? -1 : open_part(here, name);
        }
        here = close_with(here, next);
    }
    return -1;
}
