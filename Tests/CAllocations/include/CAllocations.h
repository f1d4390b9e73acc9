// Counts what a test allocates: the budget of the hot path is a number of allocations, not a time.
#ifndef PERENNIAL_CALLOCATIONS_H
#define PERENNIAL_CALLOCATIONS_H

#include <stdint.h>

// Blocks that the calling thread has asked malloc and its relatives for so far.
uint64_t callocations_count(void);

#endif
