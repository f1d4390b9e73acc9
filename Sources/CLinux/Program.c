// The program's own file in memory: elf(5), getauxval(3).
#include "CLinux.h"

#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

void clinux_release_program(void) {
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    const unsigned long count = getauxval(AT_PHNUM);
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (headers == NULL) return;
    // Where a program is loaded is told by where its table is and where the table says that it is.
    const ElfW(Phdr) *own = headers;
    while (own < headers + count && own->p_type != PT_PHDR) own++;
    if (own == headers + count) return;
    const uintptr_t base = (uintptr_t)headers - own->p_vaddr;
    for (const ElfW(Phdr) *header = headers; header < headers + count; header++) {
        // What was ever writable has been changed and cannot be read again.
        if (header->p_type != PT_LOAD || (header->p_flags & PF_W) != 0) continue;
        const uintptr_t start = (base + header->p_vaddr) / page * page;
        const uintptr_t end = (base + header->p_vaddr + header->p_memsz + page - 1) / page * page;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
}
