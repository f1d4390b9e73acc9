#include "CFaults.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 16, PIECE = 512 };

struct image {
    uint8_t *bytes;
    int64_t size;
    int64_t capacity;
};

struct change {
    struct change *next;
    int64_t offset;
    int64_t count; // -1: the file was cut to `offset`
    uint8_t bytes[];
};

struct node {
    char name[512];
    int exists;
    struct image current;
    struct image durable;
    struct change *first, *last; // since the last sync
};

struct handle {
    sqlite3_file base;
    struct node *node;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct node nodes[MOST_FILES];
    uint64_t random;
    int64_t cut_after; // -1: never
    int is_off, is_honest, is_stalled;
    int64_t room;
    struct forgetful_counts counts;
} disk = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{.name = {0}}}, 1, -1, 0, 1, 0, -1, {0}};

static uint32_t next_random(void) {
    disk.random ^= disk.random << 13;
    disk.random ^= disk.random >> 7;
    disk.random ^= disk.random << 17;
    return (uint32_t)(disk.random >> 32);
}

static void resize(struct image *image, int64_t size) {
    if (size > image->capacity) {
        image->capacity = size * 2;
        image->bytes = realloc(image->bytes, (size_t)image->capacity);
    }
    if (size > image->size) memset(image->bytes + image->size, 0, (size_t)(size - image->size));
    image->size = size;
}

static void put(struct image *image, const void *bytes, int64_t offset, int64_t count) {
    if (offset + count > image->size) resize(image, offset + count);
    memcpy(image->bytes + offset, bytes, (size_t)count);
}

static void note(struct node *node, const void *bytes, int64_t offset, int64_t count) {
    struct change *change = malloc(sizeof *change + (size_t)(count > 0 ? count : 0));
    change->next = NULL;
    change->offset = offset;
    change->count = count;
    if (count > 0) memcpy(change->bytes, bytes, (size_t)count);
    if (node->last) node->last->next = change;
    else node->first = change;
    node->last = change;
}

// A change reaches the disk: all of it, or pieces of it by chance out of 256.
static void apply(struct node *node, const struct change *change, uint32_t chance) {
    if (change->count < 0) {
        if ((next_random() & 255) < chance) resize(&node->durable, change->offset);
        return;
    }
    for (int64_t done = 0; done < change->count; done += PIECE) {
        int64_t count = change->count - done < PIECE ? change->count - done : PIECE;
        if ((next_random() & 255) < chance) put(&node->durable, change->bytes + done, change->offset + done, count);
    }
}

static void settle(struct node *node, uint32_t chance) {
    while (node->first) {
        struct change *change = node->first;
        node->first = change->next;
        apply(node, change, chance);
        free(change);
    }
    node->last = NULL;
}

// Counts an operation; returns whether the power is, or has just gone, off.
static int is_cut(int64_t *where) {
    if (disk.is_off) return 1;
    if (disk.cut_after < 0) return 0;
    if (disk.cut_after-- > 0) return 0;
    disk.is_off = 1;
    *where += 1;
    pthread_cond_broadcast(&disk.changed);
    return 1;
}

static int close_file(sqlite3_file *file) {
    (void)file;
    return SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    struct node *node = ((struct handle *)file)->node;
    pthread_mutex_lock(&disk.lock);
    int result = SQLITE_OK;
    if (disk.is_off) result = SQLITE_IOERR_READ;
    else {
        int64_t there = node->current.size - offset;
        there = there < 0 ? 0 : there > count ? count : there;
        if (there > 0) memcpy(bytes, node->current.bytes + offset, (size_t)there);
        if (there < count) {
            memset((uint8_t *)bytes + there, 0, (size_t)(count - there));
            result = SQLITE_IOERR_SHORT_READ;
        }
    }
    pthread_mutex_unlock(&disk.lock);
    return result;
}

static int64_t used(void) {
    int64_t sum = 0;
    for (int index = 0; index < MOST_FILES; index++) sum += disk.nodes[index].exists ? disk.nodes[index].current.size : 0;
    return sum;
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct node *node = ((struct handle *)file)->node;
    pthread_mutex_lock(&disk.lock);
    int result = SQLITE_OK;
    int was_off = disk.is_off;
    int64_t growth = offset + count - node->current.size;
    if (is_cut(&disk.counts.cuts_in_writes)) {
        // The write that the power fails in may be there in part.
        if (!was_off) note(node, bytes, offset, count);
        result = SQLITE_IOERR_WRITE;
    } else if (disk.room >= 0 && growth > 0 && used() + growth > disk.room) {
        result = SQLITE_FULL;
    } else {
        put(&node->current, bytes, offset, count);
        note(node, bytes, offset, count);
        disk.counts.writes += 1;
        disk.counts.bytes += count;
    }
    pthread_mutex_unlock(&disk.lock);
    return result;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    struct node *node = ((struct handle *)file)->node;
    pthread_mutex_lock(&disk.lock);
    int result = SQLITE_OK;
    if (is_cut(&disk.counts.cuts_in_writes)) result = SQLITE_IOERR_TRUNCATE;
    else {
        resize(&node->current, size);
        note(node, NULL, size, -1);
    }
    pthread_mutex_unlock(&disk.lock);
    return result;
}

static int sync_file(sqlite3_file *file, int flags) {
    (void)flags;
    struct node *node = ((struct handle *)file)->node;
    pthread_mutex_lock(&disk.lock);
    int result = SQLITE_OK;
    while (disk.is_stalled && !disk.is_off) pthread_cond_wait(&disk.changed, &disk.lock);
    if (is_cut(&disk.counts.cuts_in_syncs)) result = SQLITE_IOERR_FSYNC;
    else {
        if (disk.is_honest) settle(node, 256);
        disk.counts.syncs += 1;
    }
    pthread_mutex_unlock(&disk.lock);
    return result;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size) {
    pthread_mutex_lock(&disk.lock);
    *size = ((struct handle *)file)->node->current.size;
    pthread_mutex_unlock(&disk.lock);
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *file, int kind) {
    (void)file, (void)kind;
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *file, int *is_locked) {
    (void)file;
    *is_locked = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *file, int operation, void *argument) {
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *file) {
    (void)file;
    return 4096;
}

// What SQLite assumes of every disk under Linux.
static int characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    1,         close_file, read_file,   write_file, truncate_file, sync_file,   size_of_file,
    lock_file, lock_file,  check_lock,  control,    sector_size,   characteristics,
    0,         0,          0,           0,          0,             0,
};

static struct node *find(const char *name, int makes) {
    struct node *unused = NULL;
    for (int index = 0; index < MOST_FILES; index++) {
        struct node *node = &disk.nodes[index];
        if (node->exists && strcmp(node->name, name) == 0) return node;
        if (!node->exists && !unused) unused = node;
    }
    if (!makes || !unused) return NULL;
    strncpy(unused->name, name, sizeof unused->name - 1);
    unused->exists = 1;
    return unused;
}

static void empty(struct node *node) {
    settle(node, 0);
    node->current.size = node->durable.size = 0;
    node->exists = 0;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given) {
    (void)vfs;
    pthread_mutex_lock(&disk.lock);
    struct node *node = disk.is_off ? NULL : find(name ? name : "temporary", flags & SQLITE_OPEN_CREATE);
    pthread_mutex_unlock(&disk.lock);
    file->pMethods = NULL;
    if (!node) return SQLITE_CANTOPEN;
    ((struct handle *)file)->node = node;
    file->pMethods = &methods;
    if (given) *given = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs) {
    (void)vfs, (void)syncs;
    pthread_mutex_lock(&disk.lock);
    struct node *node = find(name, 0);
    int result = disk.is_off ? SQLITE_IOERR_DELETE : node ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
    if (result == SQLITE_OK) empty(node);
    pthread_mutex_unlock(&disk.lock);
    return result;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs, (void)flags;
    pthread_mutex_lock(&disk.lock);
    *result = find(name, 0) != NULL;
    pthread_mutex_unlock(&disk.lock);
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    (void)vfs;
    sqlite3_snprintf(count, path, "%s", name);
    return SQLITE_OK;
}

void forgetful_install(void) {
    static sqlite3_vfs vfs;
    sqlite3_vfs *base = sqlite3_vfs_find(NULL);
    if (vfs.zName) return;
    vfs = *base;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(struct handle);
    vfs.zName = "forgetful";
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    sqlite3_vfs_register(&vfs, 0);
}

void forgetful_reset(uint64_t seed) {
    pthread_mutex_lock(&disk.lock);
    for (int index = 0; index < MOST_FILES; index++) empty(&disk.nodes[index]);
    disk.random = seed * 0x9E3779B97F4A7C15u + 1;
    disk.cut_after = disk.room = -1;
    disk.is_off = disk.is_stalled = 0;
    disk.is_honest = 1;
    memset(&disk.counts, 0, sizeof disk.counts);
    pthread_mutex_unlock(&disk.lock);
}

void forgetful_cut_after(int64_t operations) {
    pthread_mutex_lock(&disk.lock);
    disk.cut_after = operations;
    pthread_mutex_unlock(&disk.lock);
}

int forgetful_is_off(void) {
    pthread_mutex_lock(&disk.lock);
    int is_off = disk.is_off;
    pthread_mutex_unlock(&disk.lock);
    return is_off;
}

void forgetful_restart(void) {
    static const uint32_t chances[] = {0, 64, 128, 224};
    pthread_mutex_lock(&disk.lock);
    for (int index = 0; index < MOST_FILES; index++) {
        struct node *node = &disk.nodes[index];
        settle(node, chances[next_random() & 3]);
        resize(&node->current, node->durable.size);
        if (node->durable.size > 0) memcpy(node->current.bytes, node->durable.bytes, (size_t)node->durable.size);
    }
    disk.is_off = 0;
    disk.cut_after = -1;
    pthread_mutex_unlock(&disk.lock);
}

void forgetful_set_honest(int is_honest) {
    pthread_mutex_lock(&disk.lock);
    disk.is_honest = is_honest;
    pthread_mutex_unlock(&disk.lock);
}

void forgetful_set_room(int64_t bytes) {
    pthread_mutex_lock(&disk.lock);
    disk.room = bytes < 0 ? -1 : bytes;
    pthread_mutex_unlock(&disk.lock);
}

void forgetful_set_stalled(int is_stalled) {
    pthread_mutex_lock(&disk.lock);
    disk.is_stalled = is_stalled;
    pthread_cond_broadcast(&disk.changed);
    pthread_mutex_unlock(&disk.lock);
}

struct forgetful_counts forgetful_counts(void) {
    pthread_mutex_lock(&disk.lock);
    struct forgetful_counts counts = disk.counts;
    pthread_mutex_unlock(&disk.lock);
    return counts;
}
