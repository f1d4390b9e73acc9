#include "CFaults.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile uint8_t *mark;
static sqlite3_vfs *base;

struct handle {
    sqlite3_file file;
    sqlite3_file *real;
};

static sqlite3_file *real(sqlite3_file *file) { return ((struct handle *)file)->real; }

static int close_file(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }
static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}
static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    *mark = 1;
    int result = real(file)->pMethods->xWrite(real(file), bytes, count, offset);
    *mark = 0;
    return result;
}
static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    return real(file)->pMethods->xTruncate(real(file), size);
}
static int sync_file(sqlite3_file *file, int flags) {
    *mark = 2;
    int result = real(file)->pMethods->xSync(real(file), flags);
    *mark = 0;
    return result;
}
static int size_of_file(sqlite3_file *file, sqlite3_int64 *size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
static int lock_file(sqlite3_file *file, int kind) { return real(file)->pMethods->xLock(real(file), kind); }
static int unlock_file(sqlite3_file *file, int kind) { return real(file)->pMethods->xUnlock(real(file), kind); }
static int check_lock(sqlite3_file *file, int *result) {
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
static int control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
static int sector_size(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }
static int characteristics(sqlite3_file *file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static const sqlite3_io_methods methods = {
    1,         close_file,  read_file,  write_file, truncate_file, sync_file,   size_of_file,
    lock_file, unlock_file, check_lock, control,    sector_size,   characteristics,
    0,         0,           0,          0,          0,             0,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given) {
    (void)vfs;
    struct handle *handle = (struct handle *)file;
    handle->real = (sqlite3_file *)(handle + 1);
    int result = base->xOpen(base, name, handle->real, flags, given);
    file->pMethods = handle->real->pMethods ? &methods : NULL;
    return result;
}

void marking_install(volatile uint8_t *where) {
    static sqlite3_vfs vfs;
    if (vfs.zName) return;
    mark = where;
    base = sqlite3_vfs_find(NULL);
    vfs = *base;
    vfs.szOsFile = (int)sizeof(struct handle) + base->szOsFile;
    vfs.zName = "marking";
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 0);
}

volatile uint8_t *marking_map(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0) return NULL;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}
