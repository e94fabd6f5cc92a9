/* The physical limit, server side: one thread, one epoll loop, every body decoded and encoded again by
 * protobuf-c, all answers to what one read brought leave in one write. No deadlines, no credit, no
 * cancel, no metadata: what a real RPC layer does on top is what the benchmark prices. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "echo.pb-c.h"
#include "frame.h"
#include "load.h"

enum { read_bytes = 1 << 16, events_max = 64 };

typedef struct connection {
  int socket;
  buffer input, output;
  bool waits_for_room; /* EPOLLOUT is armed because the socket's buffer was full */
} connection;

static int epoll;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(connection *connection, int operation) {
  uint32_t events = EPOLLIN | (connection->waits_for_room ? EPOLLOUT : 0u);
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->socket, &event) != 0) die("epoll_ctl");
}

/* Writes what is there; false if the peer is gone. */
static bool flush(connection *connection) {
  buffer *output = &connection->output;
  while (output->start < output->end) {
    ssize_t written =
        write(connection->socket, output->bytes + output->start, output->end - output->start);
    if (written < 0 && errno != EAGAIN) return false;
    if (written < 0) break;
    output->start += (size_t)written;
  }
  bool full = output->start < output->end;
  if (!full) output->start = output->end = 0;
  if (full != connection->waits_for_room) {
    connection->waits_for_room = full;
    watch(connection, EPOLL_CTL_MOD);
  }
  return true;
}

/* Decodes the call and appends the encoded answer; false if the body is not a message. */
static bool answer(connection *connection, const frame *call) {
  Slipway__Bench__EchoMessage *request =
      slipway__bench__echo_message__unpack(NULL, call->body_size, call->body);
  if (request == NULL) return false;
  Slipway__Bench__EchoMessage response = SLIPWAY__BENCH__ECHO_MESSAGE__INIT;
  response.payload = request->payload;

  size_t size = slipway__bench__echo_message__get_packed_size(&response);
  buffer *output = &connection->output;
  buffer_reserve(output, frame_header_bytes + size);
  frame_write_header(output->bytes + output->end, call->id, size);
  output->end += frame_header_bytes;
  output->end += slipway__bench__echo_message__pack(&response, output->bytes + output->end);
  slipway__bench__echo_message__free_unpacked(request, NULL);
  return true;
}

/* Answers every whole frame of one read; false if the peer is gone or breaks the framing. */
static bool serve(connection *connection) {
  buffer *input = &connection->input;
  buffer_reserve(input, read_bytes);
  ssize_t got = read(connection->socket, input->bytes + input->end, input->capacity - input->end);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return false;
  input->end += (size_t)got;

  frame call;
  frame_found found;
  while ((found = frame_parse(input->bytes + input->start, input->end - input->start, &call)) ==
         frame_whole) {
    if (!answer(connection, &call)) return false;
    input->start += call.size;
  }
  if (found == frame_broken) return false;
  buffer_compact(input);
  return connection->waits_for_room || flush(connection);
}

static void accept_one(int listener) {
  int one = 1, socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection *accepted = calloc(1, sizeof *accepted);
  if (accepted == NULL) die("calloc");
  accepted->socket = socket;
  watch(accepted, EPOLL_CTL_ADD);
}

static void forget(connection *connection) {
  close(connection->socket);
  free(connection->input.bytes);
  free(connection->output.bytes);
  free(connection);
}

/* Listens on loopback only and says on which port, so that two runs never fight for one. */
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
  load_options options = load_parse(argc, argv);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on(options.port);
  struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL}, events[events_max];
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening) != 0) die("epoll_ctl");

  for (;;) {
    int count = epoll_wait(epoll, events, events_max, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      connection *ready = events[i].data.ptr;
      if (ready == NULL) {
        accept_one(listener);
        continue;
      }
      bool alive = !(events[i].events & EPOLLOUT) || flush(ready);
      if (alive && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) alive = serve(ready);
      if (!alive) forget(ready);
    }
  }
}
