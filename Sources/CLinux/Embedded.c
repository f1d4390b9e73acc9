// What Embedded Swift's standard library expects of libc and musl 1.2.3 lacks.
#include "CLinux.h"

#if !defined(__GLIBC__)

// Seeds the standard library's hashing. getrandom(2) exists since Linux 3.17, our floor; it only fails before the
// kernel's pool is ready, and then waiting is right.
void arc4random_buf(void *buffer, size_t count) {
    unsigned char *next = buffer;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got > 0) {
            next += got;
            count -= (size_t)got;
        } else if (errno != EINTR) {
            abort();
        }
    }
}

#endif
