#define _GNU_SOURCE /* open and ftruncate as POSIX has them */

#include "allocation_counter.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names that nothing interposes. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Before the file is there, and without one, counts go nowhere. */
static allocation_counts unread;
static allocation_counts *counts = &unread;

static void add(uint64_t *count) {
  __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void open_counts(void) {
  const char *path = getenv("ALLOCATION_COUNTS");
  int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  if (ftruncate(file, sizeof *counts) == 0) {
    void *shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) counts = shared;
  }
  close(file);
}

void *malloc(size_t size) {
  add(&counts->malloc_count);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  add(&counts->calloc_count);
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  add(&counts->realloc_count);
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  add(&counts->aligned_count);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (made == NULL) return ENOMEM;
  *block = made;
  return 0;
}
