/* Counts what a process asks the heap for. Preloaded into the process (LD_PRELOAD), it adds to the file
 * that ALLOCATION_COUNTS names, which any other process may read meanwhile. */
#ifndef SLIPWAY_ALLOCATION_COUNTER_H
#define SLIPWAY_ALLOCATION_COUNTER_H

#include <stdint.h>

/* The file's content. */
typedef struct allocation_counts {
  uint64_t malloc_count;
  uint64_t calloc_count;
  uint64_t realloc_count;
  uint64_t aligned_count; /* aligned_alloc, posix_memalign and memalign */
} allocation_counts;

#endif
