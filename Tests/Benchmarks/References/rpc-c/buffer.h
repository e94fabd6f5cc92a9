/* Bytes between `start` and `end`; grows, never shrinks. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct buffer {
  uint8_t *bytes;
  size_t start, end, capacity;
} buffer;

/* Room for `more` bytes at `end`. */
static inline void buffer_reserve(buffer *buffer, size_t more) {
  if (buffer->capacity - buffer->end >= more) return;
  size_t capacity = buffer->capacity > 0 ? buffer->capacity : 1 << 18;
  while (capacity - buffer->end < more) capacity *= 2;
  buffer->bytes = realloc(buffer->bytes, capacity);
  if (buffer->bytes == NULL) {
    fprintf(stderr, "out of memory for a buffer of %zu bytes\n", capacity);
    exit(1);
  }
  buffer->capacity = capacity;
}

/* Moves what is left, at most one partial frame, back to the front. */
static inline void buffer_compact(buffer *buffer) {
  if (buffer->start == 0) return;
  memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
  buffer->end -= buffer->start;
  buffer->start = 0;
}

#endif
