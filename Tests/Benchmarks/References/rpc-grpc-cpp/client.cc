// gRPC C++ load client in its two fast styles, `--mode callback` and `--mode queue`: K channels with a connection
// each, M calls in flight on each, the next call sent when an answer is in.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "echo.grpc.pb.h"
#include "load.h"

namespace {

using slipway::bench::Echo;
using slipway::bench::EchoMessage;

enum class Phase { kWarming, kMeasuring, kDraining };

// What all calls of a run share.
struct Load {
  load_options options{};
  EchoMessage request;
  load_histogram *histogram = load_histogram_create();
  std::atomic<Phase> phase{Phase::kWarming};
  std::atomic<long> running{0};
  std::atomic<uint64_t> errors{0};

  // Books one answer; true if the caller should send its next call.
  bool Took(const grpc::Status &status, const EchoMessage &response, uint64_t sent) {
    const Phase now_in = phase.load(std::memory_order_relaxed);
    if (!status.ok() || response.payload().size() != request.payload().size()) errors++;
    else if (now_in == Phase::kMeasuring)
      load_histogram_record_shared(histogram, load_now_nanoseconds() - sent);
    if (now_in != Phase::kDraining) return true;
    running--;
    return false;
  }
};

class CallbackCall {
 public:
  CallbackCall(Load &load, Echo::Stub &stub) : load_(load), stub_(stub) {}

  void Send() {
    context_.emplace();  // a context serves one call
    sent_ = load_now_nanoseconds();
    stub_.async()->Call(&*context_, &load_.request, &response_, [this](grpc::Status status) {
      if (load_.Took(status, response_, sent_)) Send();
    });
  }

 private:
  Load &load_;
  Echo::Stub &stub_;
  std::optional<grpc::ClientContext> context_;
  EchoMessage response_;
  uint64_t sent_ = 0;
};

class QueuedCall {
 public:
  QueuedCall(Load &load, Echo::Stub &stub, grpc::CompletionQueue &queue)
      : load_(load), stub_(stub), queue_(queue) {}

  void Send() {
    context_.emplace();
    sent_ = load_now_nanoseconds();
    reader_ = stub_.AsyncCall(&*context_, load_.request, &queue_);
    reader_->Finish(&response_, &status_, this);
  }

  void Proceed() {
    if (load_.Took(status_, response_, sent_)) Send();
  }

 private:
  Load &load_;
  Echo::Stub &stub_;
  grpc::CompletionQueue &queue_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<EchoMessage>> reader_;
  EchoMessage response_;
  grpc::Status status_;
  uint64_t sent_ = 0;
};

void Sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

[[noreturn]] void Fail(const char *why) {
  std::fprintf(stderr, "%s\n", why);
  std::_Exit(1);
}

// A subchannel pool of its own keeps gRPC from putting all channels on one connection.
std::vector<std::unique_ptr<Echo::Stub>> Connect(const load_options &options) {
  std::vector<std::unique_ptr<Echo::Stub>> stubs;
  for (int i = 0; i < options.connections; i++) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(options.port), grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5)))
      Fail("no connection within 5 s");
    stubs.push_back(Echo::NewStub(channel));
  }
  return stubs;
}

// Waits out the phases while the calls run elsewhere, then reports.
void Measure(Load &load) {
  load_window window;
  Sleep(load.options.warm_up_seconds);
  load_window_open(&window, &load.options);
  load.phase = Phase::kMeasuring;
  Sleep(load.options.seconds);
  load_window_close(&window, &load.options);
  load.phase = Phase::kDraining;
  for (int tries = 0; load.running > 0; tries++) {
    if (tries == 5000) Fail("calls still unanswered after 5 s");
    Sleep(0.001);
  }
  load_report(&load.options, &window, load.histogram, load.errors);
}

template <typename Call>
void SendAll(std::deque<Call> &calls) {
  for (auto &call : calls) call.Send();
}

void RunCallbacks(Load &load, std::vector<std::unique_ptr<Echo::Stub>> &stubs) {
  std::deque<CallbackCall> calls;  // gRPC holds their addresses, so they must not move
  for (auto &stub : stubs)
    for (int i = 0; i < load.options.inflight; i++) calls.emplace_back(load, *stub);
  SendAll(calls);
  Measure(load);
}

void RunQueue(Load &load, std::vector<std::unique_ptr<Echo::Stub>> &stubs) {
  grpc::CompletionQueue queue;
  std::deque<QueuedCall> calls;
  for (auto &stub : stubs)
    for (int i = 0; i < load.options.inflight; i++) calls.emplace_back(load, *stub, queue);
  std::thread poller([&] {
    SendAll(calls);
    void *tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) static_cast<QueuedCall *>(tag)->Proceed();
  });
  Measure(load);
  queue.Shutdown();
  poller.join();
}

}  // namespace

int main(int argc, char **argv) {
  Load load;
  load.options = load_parse(argc, argv);
  size_t size = 0;
  uint8_t *payload = load_payload_create(load.options.payload, &size);
  if (payload == nullptr) Fail("no such payload");
  load.request.set_payload(payload, size);
  std::free(payload);
  load.running = static_cast<long>(load.options.connections) * load.options.inflight;

  auto stubs = Connect(load.options);
  const std::string mode = load.options.mode;
  if (mode == "callback") RunCallbacks(load, stubs);
  else if (mode == "queue") RunQueue(load, stubs);
  else Fail("--mode is callback or queue");
  std::_Exit(0);  // gRPC's own teardown takes seconds and is not what we measure
}
