// Storage that fails on purpose, as layers of SQLite to the file system (sqlite.org/vfs.html).
#ifndef PERENNIAL_CFAULTS_H
#define PERENNIAL_CFAULTS_H

#include <stdint.h>

// "forgetful": files in memory that forget, at a power cut, everything that was not synced, or keep a random part of it.
void forgetful_install(void);
// No files, power on, no limits; syncs are honest.
void forgetful_reset(uint64_t seed);
// The power fails at the operation (write, sync, truncation) after this many.
void forgetful_cut_after(int64_t operations);
int forgetful_is_off(void);
// Power comes back: what was not synced is there in part, in pieces of 512 bytes, or not at all.
void forgetful_restart(void);
// Whether syncs do anything.
void forgetful_set_honest(int is_honest);
// Writes that would make the files larger than this fail as on a full disk; -1: none do.
void forgetful_set_room(int64_t bytes);
// Syncs wait while this is set.
void forgetful_set_stalled(int is_stalled);

struct forgetful_counts {
    int64_t writes;
    int64_t syncs;
    int64_t bytes;
    // Where power cuts landed.
    int64_t cuts_in_writes;
    int64_t cuts_in_syncs;
};
struct forgetful_counts forgetful_counts(void);

// "marking": the system's own files; a byte of the page is 1 while a write, and 2 while a sync is under way.
void marking_install(volatile uint8_t *mark);
// A page shared with another process through a file. NULL on failure.
volatile uint8_t *marking_map(const char *path);

#endif
