#include <math.h>
#include <stdlib.h>

#include "load.h"

enum {
  sub_buckets = 64, /* a power of two; 2^sub_bits */
  sub_bits = 6,
  octaves = 40, /* up to 2^45 ns, ten hours: whatever is longer lands in the last bucket */
  bucket_count = sub_buckets * octaves,
};

struct load_histogram {
  uint64_t buckets[bucket_count];
};

/* Values below 64 have a bucket each; above, the six bits after the leading one choose it. */
static int bucket_of(uint64_t value) {
  if (value < sub_buckets) return (int)value;
  int shift = 63 - __builtin_clzll(value) - sub_bits;
  int bucket = (shift + 1) * sub_buckets + (int)((value >> shift) - sub_buckets);
  return bucket < bucket_count ? bucket : bucket_count - 1;
}

static uint64_t smallest_in(int bucket) {
  if (bucket < sub_buckets) return (uint64_t)bucket;
  int shift = bucket / sub_buckets - 1;
  return (uint64_t)(bucket % sub_buckets + sub_buckets) << shift;
}

load_histogram *load_histogram_create(void) { return calloc(1, sizeof(load_histogram)); }

void load_histogram_destroy(load_histogram *histogram) { free(histogram); }

void load_histogram_record(load_histogram *histogram, uint64_t nanoseconds) {
  histogram->buckets[bucket_of(nanoseconds)]++;
}

void load_histogram_record_shared(load_histogram *histogram, uint64_t nanoseconds) {
  __atomic_fetch_add(&histogram->buckets[bucket_of(nanoseconds)], 1, __ATOMIC_RELAXED);
}

uint64_t load_histogram_count(const load_histogram *histogram) {
  uint64_t count = 0;
  for (int i = 0; i < bucket_count; i++) count += histogram->buckets[i];
  return count;
}

double load_histogram_quantile(const load_histogram *histogram, double quantile) {
  uint64_t wanted = (uint64_t)ceil(quantile * (double)load_histogram_count(histogram));
  uint64_t seen = 0;
  for (int i = 0; i < bucket_count; i++) {
    seen += histogram->buckets[i];
    if (seen >= wanted && seen > 0) return (double)smallest_in(i);
  }
  return 0;
}
