#include "COpenSSL.h"
#include <malloc.h>
#include <stdlib.h>

// A connection's buffers for a record are there only while something is in them (SSL_MODE_RELEASE_BUFFERS), which is
// what makes an idle connection small. musl gives each of them pages of its own and takes those back at once: an
// mmap, a munmap and fresh pages for each of them. A few are kept instead.
//
// One thread uses TLS; the list is each thread's own, so that another one may.

enum { RECORD = 16384, KEPT = 18432, MOST = 4 };

static _Thread_local struct {
    void *blocks[MOST];
    int count;
} kept;

static int is_record(size_t size) { return size > RECORD && size <= KEPT; }

static void *allocate(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    if (size == 0) return NULL;
    if (!is_record(size)) return malloc(size);
    return kept.count > 0 ? kept.blocks[--kept.count] : malloc(KEPT);
}

static void release(void *block, const char *file, int line) {
    (void)file;
    (void)line;
    // What is larger than a record's block and smaller than twice that is one, however malloc rounds.
    size_t size = block ? malloc_usable_size(block) : 0;
    if (size >= KEPT && size < 2 * KEPT && kept.count < MOST)
        kept.blocks[kept.count++] = block;
    else
        free(block);
}

static void *resize(void *block, size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    if (block && size == 0) {
        free(block);
        return NULL;
    }
    // A block of this size may come back as a record's.
    return realloc(block, is_record(size) ? KEPT : size);
}

int copenssl_keep_buffers(void) { return CRYPTO_set_mem_functions(allocate, resize, release); }
