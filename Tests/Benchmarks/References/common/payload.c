#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* xorshift64: chance that is the same on every machine and in every run. */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* Rows as a JSON API returns them: compresses about as well as real ones do. */
static void fill_text(uint8_t *bytes, size_t size) {
  static const char *const words[] = {
      "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"};
  uint64_t state = 0x9e3779b97f4a7c15u;
  char row[160];
  unsigned id = 4000;
  for (size_t offset = 0; offset < size;) {
    const char *who = words[next_random(&state) % 8], *where = words[next_random(&state) % 8];
    double score = (double)(next_random(&state) % 1000000) / 1000000;
    unsigned seen = (unsigned)(next_random(&state) % 100000000);
    int length = snprintf(
        row, sizeof row, "{\"id\":%u,\"name\":\"%s\",\"site\":\"%s\",\"score\":%.6f,\"seen\":17%08u},",
        id++, who, where, score, seen);
    size_t part = (size_t)length < size - offset ? (size_t)length : size - offset;
    memcpy(bytes + offset, row, part);
    offset += part;
  }
}

/* Normally distributed, as activations are; such bytes do not compress. */
static void fill_floats(uint8_t *bytes, size_t size) {
  uint64_t state = 0xd1b54a32d192ed03u;
  const double unit = 1.0 / 9007199254740992.0, two_pi = 6.283185307179586; /* 2^-53 */
  for (size_t offset = 0; offset + sizeof(float) <= size; offset += sizeof(float)) {
    double radius = sqrt(-2 * log(((double)(next_random(&state) >> 11) + 1) * unit));
    double angle = two_pi * (double)(next_random(&state) >> 11) * unit;
    float value = (float)(radius * cos(angle));
    memcpy(bytes + offset, &value, sizeof value);
  }
}

uint8_t *load_payload_create(const char *kind, size_t *size) {
  int floats = strcmp(kind, "64kf") == 0 || strcmp(kind, "1mf") == 0;
  if (strcmp(kind, "1mf") == 0) *size = 1 << 20;
  else if (floats || strcmp(kind, "64kt") == 0) *size = 65536;
  else if (strcmp(kind, "64") == 0) *size = 64;
  else if (strcmp(kind, "1024") == 0) *size = 1024;
  else return NULL;
  uint8_t *bytes = malloc(*size);
  if (bytes == NULL) return NULL;
  if (floats) fill_floats(bytes, *size);
  else fill_text(bytes, *size);
  return bytes;
}
