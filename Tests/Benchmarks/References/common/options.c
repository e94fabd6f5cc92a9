#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

_Noreturn static void refuse(const char *flag, const char *value) {
  fprintf(stderr, "bad argument `%s %s`: see Tests/Benchmarks/README.md\n", flag, value);
  exit(2);
}

static int whole(const char *flag, const char *value, int low, int high) {
  char *end;
  long number = strtol(value, &end, 10);
  if (*value == '\0' || *end != '\0' || number < low || number > high) refuse(flag, value);
  return (int)number;
}

/* Ten minutes at most: a benchmark must end. */
static double duration(const char *flag, const char *value) {
  char *end;
  double seconds = strtod(value, &end);
  if (*value == '\0' || *end != '\0' || !(seconds >= 0 && seconds <= 600)) refuse(flag, value);
  return seconds;
}

static void read_pids(load_options *options, const char *flag, const char *list) {
  char part[16];
  for (const char *at = list; *at != '\0';) {
    size_t length = strcspn(at, ",");
    if (length >= sizeof part || options->server_pid_count == LOAD_SERVER_PIDS_MAX) refuse(flag, list);
    memcpy(part, at, length);
    part[length] = '\0';
    options->server_pids[options->server_pid_count++] = whole(flag, part, 1, 1 << 30);
    at += length + (at[length] == ',');
  }
}

load_options load_parse(int argc, char *const *argv) {
  load_options options = {
      .name = "unnamed", .mode = "", .payload = "64", .port = 0, .connections = 1, .inflight = 1,
      .seconds = 1, .warm_up_seconds = 0.25};
  for (int i = 1; i < argc; i += 2) {
    const char *flag = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
    if (strcmp(flag, "--name") == 0) options.name = value;
    else if (strcmp(flag, "--mode") == 0) options.mode = value;
    else if (strcmp(flag, "--payload") == 0) options.payload = value;
    else if (strcmp(flag, "--port") == 0) options.port = whole(flag, value, 0, 65535);
    else if (strcmp(flag, "--connections") == 0) options.connections = whole(flag, value, 1, 10000);
    else if (strcmp(flag, "--inflight") == 0) options.inflight = whole(flag, value, 1, 65536);
    else if (strcmp(flag, "--seconds") == 0) options.seconds = duration(flag, value);
    else if (strcmp(flag, "--warm-up") == 0) options.warm_up_seconds = duration(flag, value);
    else if (strcmp(flag, "--server-pid") == 0) read_pids(&options, flag, value);
    else refuse(flag, value);
  }
  return options;
}
