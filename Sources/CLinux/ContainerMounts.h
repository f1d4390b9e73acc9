#ifndef PERENNIAL_CONTAINER_MOUNTS_H
#define PERENNIAL_CONTAINER_MOUNTS_H

#include "CLinux.h"

// Builds what the program sees at the staging folder and makes it the root. Returns 0, or -1 with errno, the step that
// failed and the path concerned. Only system calls: it runs between clone and exec.
int clinux_build_root(const struct clinux_container *container, int *step, char *detail);

// The root that is put together, and the file systems that this start has made itself, where there is room for places.
enum { CLINUX_MOST_OWN = 32 };
struct clinux_places {
    int is_new; // whether the kernel has the calls of Linux 5.12
    int root;
    int count;
    dev_t own[CLINUX_MOST_OWN];
};
int clinux_add_own(struct clinux_places *places, int folder);
// An empty folder and an empty file beside the root, seen from there: what is mounted there nobody else can reach.
#define CLINUX_WORK_FOLDER "../work"
#define CLINUX_WORK_FILE "../file"

// mount(8)'s bind, recursive, of one open path to another, or to a path below the root. With `flags`, MS_RDONLY,
// MS_NOSUID and MS_NODEV as given are set of all of it before it is seen at its place.
int clinux_show(const struct clinux_places *places, int source, int target, unsigned long flags);
int clinux_show_at(const struct clinux_places *places, int source, const char *path, unsigned long flags);
// Sets the flags of the root and of all below it.
int clinux_restrict(const struct clinux_places *places, unsigned long flags);
// Shows an empty folder, or nothing to read, where the path below the root is.
int clinux_mask(const struct clinux_places *places, const char *path);
// Makes the place for a mount at `path` below the root. Where a folder of the host has no room, it is replaced by one of
// ours with the same entries.
int clinux_make_place(struct clinux_places *places, const char *path, int is_folder);

// Opens a path (O_PATH) below an open folder, or below / with -1, of which no part is a symbolic link. ELOOP where one is.
int clinux_open_below(int root, const char *path);

// Copies as much of a path as a report holds.
void clinux_set_detail(char *detail, const char *path);
// Gives back the memory that came with the clone, what is not needed of the stack, and `stack`, which nobody uses any more.
void clinux_forget_memory(void *stack, size_t size);

#endif
