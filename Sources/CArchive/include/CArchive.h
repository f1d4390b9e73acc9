#ifndef PERENNIAL_CARCHIVE_H
#define PERENNIAL_CARCHIVE_H
#include <archive.h>
#include <archive_entry.h>
#endif
