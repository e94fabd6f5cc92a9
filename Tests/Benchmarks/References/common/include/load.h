/* What every load client of the benchmarks shares, so that their figures can stand side by side: the
 * arguments, the payloads, the clock, the latency histogram, the CPU of both sides and the RESULT line.
 * The contract for people is in Tests/Benchmarks/README.md. Also importable from Swift and C++. */
#ifndef SLIPWAY_BENCH_LOAD_H
#define SLIPWAY_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many server processes one client may watch: a gateway and its workers. */
#define LOAD_SERVER_PIDS_MAX 16

/* ---- arguments ---- */

typedef struct load_options {
  const char *name;        /* --name: who is measured; copied into the RESULT line */
  const char *mode;        /* --mode: the variant, such as `callback`; empty when not given */
  const char *payload;     /* --payload: 64 | 1024 | 64kf | 64kt | 1mf */
  int port;                /* --port on 127.0.0.1; a server takes 0 as 'any free one' */
  int connections;         /* --connections K */
  int inflight;            /* --inflight M calls outstanding on each connection */
  double seconds;          /* --seconds measured */
  double warm_up_seconds;  /* --warm-up before that, not measured */
  int server_pids[LOAD_SERVER_PIDS_MAX]; /* --server-pid P[,P...]: whose CPU counts as the server's */
  int server_pid_count;
} load_options;

/* Reads `--flag value` pairs from argv[1...]; an unknown flag or a bad value ends the process with 2,
 * because a benchmark that guesses what was meant reports figures of something else. */
load_options load_parse(int argc, char *const *argv);

/* ---- payloads ---- */

/* Makes the bytes of a payload kind: 64 and 1024 bytes of JSON-like text, 65,536 of normally
 * distributed float32 (64kf) or of JSON-like text (64kt), 1,048,576 of float32 (1mf); always the same bytes. The caller frees
 * them. NULL for an unknown kind. */
uint8_t *load_payload_create(const char *kind, size_t *size);

/* ---- time ---- */

uint64_t load_now_nanoseconds(void); /* CLOCK_MONOTONIC */

/* CPU time that a process has used, all threads, the ended ones too; 0 if there is no such process.
 * `pid` 0 is the caller. From the process's CPU clock: /proc/PID/task/<tid>/schedstat has the same
 * nanoseconds, but forgets the threads that have ended, and gRPC's pools end threads. */
uint64_t load_cpu_nanoseconds(int pid);

/* ---- latency histogram ---- */

/* Log-linear: 64 buckets an octave, so a quantile is at most 1.6 % low. */
typedef struct load_histogram load_histogram;

load_histogram *load_histogram_create(void);
void load_histogram_destroy(load_histogram *histogram);
void load_histogram_record(load_histogram *histogram, uint64_t nanoseconds);        /* one thread */
void load_histogram_record_shared(load_histogram *histogram, uint64_t nanoseconds); /* any thread */
uint64_t load_histogram_count(const load_histogram *histogram);
double load_histogram_quantile(const load_histogram *histogram, double quantile); /* nanoseconds */

/* ---- the measured window ---- */

typedef struct load_window {
  uint64_t opened, closed;             /* monotonic nanoseconds */
  uint64_t client_cpu;                 /* nanoseconds used between the two */
  uint64_t server_cpu[LOAD_SERVER_PIDS_MAX];
} load_window;

/* Read the clocks when the warm-up is over, and again when the measured seconds are. Latencies belong
 * into the histogram only between the two. */
void load_window_open(load_window *window, const load_options *options);
void load_window_close(load_window *window, const load_options *options);

/* Prints the one RESULT line to standard output. `errors` are calls that failed or whose answer was
 * wrong; the harness refuses a run that has any. */
void load_report(
    const load_options *options, const load_window *window, const load_histogram *histogram,
    uint64_t errors);

#ifdef __cplusplus
}
#endif
#endif
