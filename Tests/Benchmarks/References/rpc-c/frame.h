/* The least framing that still multiplexes: little-endian, `length` counts what follows it.
 *
 *   0        4    8        10      12
 *   | length | id | method | flags | body ... |
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>
#include <string.h>

enum {
  frame_header_bytes = 12,
  frame_length_bytes = 4,
  frame_body_bytes_max = 1 << 24, /* 16 times the largest payload: more is a broken peer */
};

typedef struct frame {
  uint32_t id;
  const uint8_t *body;
  uint32_t body_size;
  size_t size; /* header and body */
} frame;

typedef enum frame_found { frame_whole, frame_partial, frame_broken } frame_found;

/* The frame at `bytes`, read in place: `body` points into them. */
static inline frame_found frame_parse(const uint8_t *bytes, size_t available, frame *found) {
  uint32_t length;
  if (available < frame_header_bytes) return frame_partial;
  memcpy(&length, bytes, sizeof length);
  if (length < frame_header_bytes - frame_length_bytes || length > frame_body_bytes_max)
    return frame_broken;
  found->size = frame_length_bytes + length;
  if (available < found->size) return frame_partial;
  memcpy(&found->id, bytes + frame_length_bytes, sizeof found->id);
  found->body = bytes + frame_header_bytes;
  found->body_size = (uint32_t)(found->size - frame_header_bytes);
  return frame_whole;
}

static inline void frame_write_header(uint8_t *to, uint32_t id, size_t body_size) {
  uint32_t length = (uint32_t)body_size + frame_header_bytes - frame_length_bytes;
  memcpy(to, &length, sizeof length);
  memcpy(to + 4, &id, sizeof id);
  memset(to + 8, 0, 4);
}

#endif
