// A container's init has a copy of the supervisor's memory, which the kernel shares until either of the two writes. It
// needs none of it any more, and what is in there (the environments of other functions) is none of its business.
#include "ContainerMounts.h"

#include <sys/mman.h>
#include <unistd.h>

enum { LEAST = 128 * 1024, MARGIN = 16 * 1024, PAGE = 64 * 1024 };

static const char *hexadecimal(const char *text, uintptr_t *value) {
    *value = 0;
    for (;; text++) {
        char digit = *text;
        if (digit >= '0' && digit <= '9') {
            *value = *value * 16 + (uintptr_t)(digit - '0');
        } else if (digit >= 'a' && digit <= 'f') {
            *value = *value * 16 + (uintptr_t)(digit - 'a' + 10);
        } else {
            return text;
        }
    }
}

// One line of /proc/self/maps (proc(5)). Memory of files stays, and so do the stack and libc's variables; a large anonymous
// region is the heap. PAGE is the largest page of the architectures.
static void forget(const char *line, uintptr_t *lowest) {
    uintptr_t start;
    uintptr_t end;
    line = hexadecimal(line, &start);
    if (*line != '-') return;
    line = hexadecimal(line + 1, &end);
    if (strncmp(line, " rw-p ", 6) != 0) return;
    const uintptr_t stack = (uintptr_t)&line;
    const uintptr_t variables = (uintptr_t)&environ;
    if (stack >= start && stack < end) *lowest = start;
    if ((stack >= start && stack < end) || (variables >= start && variables < end)) return;
    int is_heap = strstr(line, "[heap]") != NULL;
    int is_anonymous = strchr(line, '/') == NULL && strchr(line, '[') == NULL;
    if (!is_heap && !(is_anonymous && end - start >= LEAST)) return;
    // libc keeps this thread's own variables somewhere in there; a static program at the start of its heap.
    const uintptr_t thread = (uintptr_t)&errno;
    if (thread >= start && thread < end) {
        const uintptr_t before = (thread - MARGIN) / PAGE * PAGE;
        const uintptr_t after = (thread + MARGIN + PAGE - 1) / PAGE * PAGE;
        if (before > start && before < thread) madvise((void *)start, before - start, MADV_DONTNEED);
        if (after < end) madvise((void *)after, end - after, MADV_DONTNEED);
        return;
    }
    madvise((void *)start, end - start, MADV_DONTNEED);
}

// What the set-up has used of the stack below its caller's frame, and the stack that the program was started on. Each init
// keeps these pages for itself as long as its function lives.
static void forget_stack(uintptr_t lowest, void *other, size_t size) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t start = ((uintptr_t)other + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)other + size) / page * page;
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    // A page for the calls that are under way.
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0) / page * page - page;
    if (lowest < here) madvise((void *)lowest, here - lowest, MADV_DONTNEED);
}

// Not a part of its caller: its frame is among what is forgotten.
static __attribute__((noinline)) uintptr_t forget_regions(void) {
    uintptr_t lowest = UINTPTR_MAX;
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return lowest;
    char room[8192];
    size_t held = 0;
    ssize_t count;
    while ((count = read(file, room + held, sizeof room - 1 - held)) > 0) {
        held += (size_t)count;
        room[held] = '\0';
        char *line = room;
        char *end;
        while ((end = strchr(line, '\n')) != NULL) {
            *end = '\0';
            forget(line, &lowest);
            line = end + 1;
        }
        held -= (size_t)(line - room);
        memmove(room, line, held);
        if (held == sizeof room - 1) held = 0;
    }
    close(file);
    return lowest;
}

void clinux_forget_memory(void *other, size_t size) {
    forget_stack(forget_regions(), other, size);
}
