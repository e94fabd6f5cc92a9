/* The least that a process between two others can do: read into a buffer, write out. `proxy FROM TO`
 * listens on 127.0.0.1:FROM (0: any free port), says `READY <port>`, and joins each connection to one of
 * its own to 127.0.0.1:TO. One thread, epoll. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { buffer_bytes = 1 << 18, events_max = 64 };

/* One end of a joined pair. `held` is what the other end sent and this one could not take yet. */
typedef struct side {
  int socket;
  struct side *other;
  uint8_t *held;
  size_t held_start, held_end;
  bool reads;
} side;

static int epoll;
static uint8_t shared[buffer_bytes];

_Noreturn static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(side *side, int operation) {
  struct epoll_event event = {.data.ptr = side};
  if (side->reads) event.events |= EPOLLIN;
  if (side->held_start < side->held_end) event.events |= EPOLLOUT;
  if (epoll_ctl(epoll, operation, side->socket, &event) != 0) die("epoll_ctl");
}

static void set_reads(side *side, bool reads) {
  if (side->reads == reads) return;
  side->reads = reads;
  watch(side, EPOLL_CTL_MOD);
}

/* How many of the bytes the socket took; -1 if it is gone. */
static ssize_t put(int socket, const uint8_t *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t written = write(socket, bytes + done, count - done);
    if (written < 0) return errno == EAGAIN ? (ssize_t)done : -1;
    done += (size_t)written;
  }
  return (ssize_t)done;
}

/* Reads what `from` has, once, and writes it to the other end; false if either is gone. */
static bool carry(side *from) {
  side *to = from->other;
  ssize_t got = read(from->socket, shared, sizeof shared);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return false;
  ssize_t done = put(to->socket, shared, (size_t)got);
  if (done < 0) return false;
  if (done == got) return true;
  if (to->held == NULL && (to->held = malloc(buffer_bytes)) == NULL) die("malloc");
  memcpy(to->held, shared + done, (size_t)(got - done));
  to->held_start = 0;
  to->held_end = (size_t)(got - done);
  watch(to, EPOLL_CTL_MOD);
  set_reads(from, false);
  return true;
}

/* There is room again. */
static bool drain(side *to) {
  ssize_t done = put(to->socket, to->held + to->held_start, to->held_end - to->held_start);
  if (done < 0) return false;
  to->held_start += (size_t)done;
  if (to->held_start < to->held_end) return true;
  watch(to, EPOLL_CTL_MOD);
  set_reads(to->other, true);
  return true;
}

static side *add(int socket) {
  int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  side *added = calloc(1, sizeof *added);
  if (added == NULL) die("calloc");
  added->socket = socket;
  added->reads = true;
  return added;
}

static void join_one(int listener, const struct sockaddr_in *target) {
  int near = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (near < 0) return;
  /* To a listener on this machine: connects at once. */
  int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (far < 0 || connect(far, (const struct sockaddr *)target, sizeof *target) != 0) die("connect");
  if (fcntl(far, F_SETFL, O_NONBLOCK) != 0) die("fcntl");
  side *a = add(near), *b = add(far);
  a->other = b;
  b->other = a;
  watch(a, EPOLL_CTL_ADD);
  watch(b, EPOLL_CTL_ADD);
}

/* Closed here, freed never: an event of this round may still name it, and a benchmark is short. */
static void part(side *side) {
  close(side->socket);
  close(side->other->socket);
  side->socket = side->other->socket = -1;
}

static int listen_on(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0)
    die("listen");
  printf("READY %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "expected `proxy FROM TO`, two ports\n");
    return 2;
  }
  struct sockaddr_in target = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)atoi(argv[2])),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on(atoi(argv[1]));
  struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL}, events[events_max];
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening) != 0) die("epoll_ctl");
  for (;;) {
    int count = epoll_wait(epoll, events, events_max, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      side *ready = events[i].data.ptr;
      if (ready == NULL) {
        join_one(listener, &target);
        continue;
      }
      if (ready->socket < 0) continue;
      bool alive = !(events[i].events & EPOLLOUT) || drain(ready);
      if (alive && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) alive = carry(ready);
      if (!alive) part(ready);
    }
  }
}
