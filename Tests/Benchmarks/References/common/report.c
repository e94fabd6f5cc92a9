#include <stdio.h>

#include "load.h"

void load_window_open(load_window *window, const load_options *options) {
  for (int i = 0; i < options->server_pid_count; i++)
    window->server_cpu[i] = load_cpu_nanoseconds(options->server_pids[i]);
  window->client_cpu = load_cpu_nanoseconds(0);
  window->opened = load_now_nanoseconds();
}

void load_window_close(load_window *window, const load_options *options) {
  window->closed = load_now_nanoseconds();
  window->client_cpu = load_cpu_nanoseconds(0) - window->client_cpu;
  for (int i = 0; i < options->server_pid_count; i++) {
    uint64_t now = load_cpu_nanoseconds(options->server_pids[i]);
    /* A server that has died since reads 0; report nothing rather than a giant number. */
    window->server_cpu[i] = now > window->server_cpu[i] ? now - window->server_cpu[i] : 0;
  }
}

static double microseconds(double nanoseconds) { return nanoseconds / 1e3; }

void load_report(
    const load_options *options, const load_window *window, const load_histogram *histogram,
    uint64_t errors) {
  uint64_t calls = load_histogram_count(histogram);
  double seconds = (double)(window->closed - window->opened) / 1e9;
  double each = calls > 0 ? 1 / (double)calls : 0;
  uint64_t server_cpu = 0;
  for (int i = 0; i < options->server_pid_count; i++) server_cpu += window->server_cpu[i];

  printf(
      "RESULT name=%s payload=%s connections=%d inflight=%d calls=%llu errors=%llu seconds=%.3f "
      "calls_per_second=%.1f p50_us=%.2f p90_us=%.2f p99_us=%.2f p999_us=%.2f "
      "client_cpu_us_per_call=%.4f server_cpu_us_per_call=%.4f server_cpu_us_per_call_each=",
      options->name, options->payload, options->connections, options->inflight,
      (unsigned long long)calls, (unsigned long long)errors, seconds, (double)calls / seconds,
      microseconds(load_histogram_quantile(histogram, 0.5)),
      microseconds(load_histogram_quantile(histogram, 0.9)),
      microseconds(load_histogram_quantile(histogram, 0.99)),
      microseconds(load_histogram_quantile(histogram, 0.999)),
      microseconds((double)window->client_cpu) * each, microseconds((double)server_cpu) * each);
  for (int i = 0; i < options->server_pid_count; i++)
    printf("%s%.4f", i > 0 ? "," : "", microseconds((double)window->server_cpu[i]) * each);
  printf("\n");
  fflush(stdout);
}
