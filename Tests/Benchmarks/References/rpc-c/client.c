/* The physical limit, client side: one thread keeps K connections with M calls in flight each, sends
 * the next call the moment an answer is in, and decodes every answer. The request is the same each
 * time, so it is encoded once: a limit does no more than it must. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "buffer.h"
#include "echo.pb-c.h"
#include "frame.h"
#include "load.h"

enum {
  events_max = 64,
  batch_max = 64,              /* frames that leave in one system call */
  copied_body_bytes_max = 2048, /* below it copying beats a pair of iovecs a frame */
  grace_seconds = 10,           /* after which a run that does not end is ended */
};

typedef enum phase { warming, measuring, draining } phase;

typedef struct connection {
  int socket;
  buffer input;
  uint64_t *sent_at;   /* by call id, 0 ..< inflight */
  uint32_t *queue;     /* ring of the ids to send, `inflight` places */
  uint32_t head, queued;
  size_t sent_of_head; /* bytes of the first queued frame that a short write took */
  bool waits_for_room;
} connection;

static load_options options;
static int epoll;
static uint8_t *body; /* the encoded request */
static size_t body_size, payload_size;
static phase now_in = warming;
static long outstanding;
static load_histogram *histogram;
static load_window window;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void fail(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

static void watch(connection *connection, int operation) {
  uint32_t events = EPOLLIN | (connection->waits_for_room ? EPOLLOUT : 0u);
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->socket, &event) != 0) die("epoll_ctl");
}

static void enqueue(connection *connection, uint32_t id, uint64_t now) {
  uint32_t inflight = (uint32_t)options.inflight;
  connection->sent_at[id] = now;
  connection->queue[(connection->head + connection->queued++) % inflight] = id;
  outstanding++;
}

/* Lays out the next frames, less what a short write already took; the count of vectors. Small bodies
 * are copied behind their headers into one run of bytes, large ones are sent from where they are. */
static int gather(const connection *connection, struct iovec *vectors) {
  static uint8_t scratch[batch_max * (frame_header_bytes + copied_body_bytes_max)];
  bool copied = body_size <= copied_body_bytes_max;
  size_t stride = frame_header_bytes + (copied ? body_size : 0);
  uint32_t frames = connection->queued < batch_max ? connection->queued : batch_max;
  int count = 0;
  for (uint32_t i = 0; i < frames; i++) {
    uint8_t *header = scratch + i * stride;
    uint32_t id = connection->queue[(connection->head + i) % (uint32_t)options.inflight];
    frame_write_header(header, id, body_size);
    if (copied) {
      memcpy(header + frame_header_bytes, body, body_size);
    } else {
      vectors[count++] = (struct iovec){header, frame_header_bytes};
      vectors[count++] = (struct iovec){body, body_size};
    }
  }
  if (copied) vectors[count++] = (struct iovec){scratch, frames * stride};

  size_t skip = connection->sent_of_head;
  int first = 0;
  while (skip > 0 && skip >= vectors[first].iov_len) skip -= vectors[first++].iov_len;
  vectors[first].iov_base = (uint8_t *)vectors[first].iov_base + skip;
  vectors[first].iov_len -= skip;
  memmove(vectors, vectors + first, sizeof *vectors * (size_t)(count - first));
  return count - first;
}

static void flush(connection *connection) {
  struct iovec vectors[2 * batch_max];
  bool full = false;
  while (connection->queued > 0 && !full) {
    ssize_t written = writev(connection->socket, vectors, gather(connection, vectors));
    if (written < 0 && errno != EAGAIN) die("writev");
    full = written < 0;
    if (full) break;
    size_t total = connection->sent_of_head + (size_t)written, size = frame_header_bytes + body_size;
    uint32_t whole = (uint32_t)(total / size);
    connection->sent_of_head = total % size;
    connection->head = (connection->head + whole) % (uint32_t)options.inflight;
    connection->queued -= whole;
  }
  if (full != connection->waits_for_room) {
    connection->waits_for_room = full;
    watch(connection, EPOLL_CTL_MOD);
  }
}

static void take(connection *connection, const frame *answer, uint64_t now) {
  if (answer->id >= (uint32_t)options.inflight) fail("an answer to no call");
  Slipway__Bench__EchoMessage *response =
      slipway__bench__echo_message__unpack(NULL, answer->body_size, answer->body);
  if (response == NULL || response->payload.len != payload_size) fail("a wrong answer");
  slipway__bench__echo_message__free_unpacked(response, NULL);
  outstanding--;
  if (now_in == measuring) load_histogram_record(histogram, now - connection->sent_at[answer->id]);
  if (now_in != draining) enqueue(connection, answer->id, now);
}

static void receive(connection *connection) {
  buffer *input = &connection->input;
  buffer_reserve(input, frame_header_bytes + body_size);
  ssize_t got = read(connection->socket, input->bytes + input->end, input->capacity - input->end);
  if (got < 0 && errno == EAGAIN) return;
  if (got < 0) die("read");
  if (got == 0) fail("the server closed the connection");
  input->end += (size_t)got;

  uint64_t now = load_now_nanoseconds();
  frame answer;
  frame_found found;
  while ((found = frame_parse(input->bytes + input->start, input->end - input->start, &answer)) ==
         frame_whole) {
    take(connection, &answer, now);
    input->start += answer.size;
  }
  if (found == frame_broken) fail("a broken frame");
  buffer_compact(input);
}

static void connect_one(connection *connection) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)options.port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(connection->socket, F_SETFL, O_NONBLOCK);
  connection->sent_at = calloc((size_t)options.inflight, sizeof *connection->sent_at);
  connection->queue = calloc((size_t)options.inflight, sizeof *connection->queue);
  if (connection->sent_at == NULL || connection->queue == NULL) die("calloc");
  watch(connection, EPOLL_CTL_ADD);
}

static void encode_request(void) {
  Slipway__Bench__EchoMessage request = SLIPWAY__BENCH__ECHO_MESSAGE__INIT;
  request.payload.data = load_payload_create(options.payload, &payload_size);
  if (request.payload.data == NULL) fail("no such payload");
  request.payload.len = payload_size;
  body = malloc(slipway__bench__echo_message__get_packed_size(&request));
  if (body == NULL) die("malloc");
  body_size = slipway__bench__echo_message__pack(&request, body);
  free(request.payload.data);
}

/* Warm-up, then the measured seconds, then nothing new is sent. */
static void turn_phase(uint64_t started) {
  uint64_t now = load_now_nanoseconds();
  if (now_in == warming && (double)(now - started) >= options.warm_up_seconds * 1e9) {
    now_in = measuring;
    load_window_open(&window, &options);
  } else if (now_in == measuring && (double)(now - window.opened) >= options.seconds * 1e9) {
    now_in = draining;
    load_window_close(&window, &options);
  }
}

int main(int argc, char **argv) {
  options = load_parse(argc, argv);
  encode_request();
  histogram = load_histogram_create();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  connection *connections = calloc((size_t)options.connections, sizeof *connections);
  if (histogram == NULL || connections == NULL) die("calloc");
  for (int i = 0; i < options.connections; i++) connect_one(&connections[i]);

  /* Bounds the run if the server falls silent, without a timer in every epoll_wait. */
  alarm((unsigned)(options.warm_up_seconds + options.seconds) + grace_seconds);
  uint64_t started = load_now_nanoseconds();
  for (int i = 0; i < options.connections; i++) {
    for (uint32_t id = 0; id < (uint32_t)options.inflight; id++)
      enqueue(&connections[i], id, load_now_nanoseconds());
    flush(&connections[i]);
  }
  struct epoll_event events[events_max];
  while (outstanding > 0) {
    int count = epoll_wait(epoll, events, events_max, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    turn_phase(started);
    for (int i = 0; i < count; i++) {
      connection *ready = events[i].data.ptr;
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(ready);
      if (ready->queued > 0 && (!ready->waits_for_room || (events[i].events & EPOLLOUT)))
        flush(ready);
    }
  }
  load_report(&options, &window, histogram, 0);
}
