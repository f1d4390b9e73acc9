#ifndef PERENNIAL_CARCHIVE_H
#define PERENNIAL_CARCHIVE_H

// The same libc declarations as in the other shims: Swift refuses two definitions of one type that differ.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <archive.h>
#include <archive_entry.h>
#endif
