// The filter of system calls for functions in a container, made with libseccomp.
#ifndef PERENNIAL_CSECCOMP_H
#define PERENNIAL_CSECCOMP_H

#include <stddef.h>

// Compiles the filter: struct sock_filter[], for seccomp(2), in memory of the caller's to free. What is not known to be
// harmless answers ENOSYS, as an older kernel would, and libraries then take their older ways; what is known to reach
// beyond a process answers EPERM.
// Returns the number of instructions, or -1 with errno.
int cseccomp_compile(void **filter);

// Makes the filter that allows everything: tells whether the kernel takes filters. As cseccomp_compile.
int cseccomp_allow_all(void **filter);

// libseccomp's version, major * 10000 + minor * 100 + micro.
unsigned cseccomp_version(void);

#endif
