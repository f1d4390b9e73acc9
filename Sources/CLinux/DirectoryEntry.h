#pragma once

#include <stdint.h>

// The layout of getdents64(2), which libc does not declare. Between fork and exec nothing may allocate, as opendir(3) does.
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};
