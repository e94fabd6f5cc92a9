// gRPC C++ echo server in its two fast styles: `--mode callback` and `--mode queue`. The harness takes the
// better one as 'grpc-cpp', so that nobody can say we ran against the slow API.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

#include "echo.grpc.pb.h"
#include "load.h"

namespace {

using slipway::bench::Echo;
using slipway::bench::EchoMessage;

class CallbackEcho final : public Echo::CallbackService {
  grpc::ServerUnaryReactor *Call(
      grpc::CallbackServerContext *context, const EchoMessage *request,
      EchoMessage *response) override {
    response->set_payload(request->payload());
    auto *reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// One call on the completion queue: waits for a request, answers it, deletes itself. Its address is the tag.
class QueuedCall {
 public:
  QueuedCall(Echo::AsyncService &service, grpc::ServerCompletionQueue &queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_.RequestCall(&context_, &request_, &writer_, &queue_, &queue_, this);
  }

  void Proceed() {
    if (finished_) {
      delete this;
      return;
    }
    new QueuedCall(service_, queue_);  // the place that this call takes is offered again
    EchoMessage response;
    response.set_payload(request_.payload());
    finished_ = true;
    writer_.Finish(response, grpc::Status::OK, this);
  }

 private:
  Echo::AsyncService &service_;
  grpc::ServerCompletionQueue &queue_;
  grpc::ServerContext context_;
  EchoMessage request_;
  grpc::ServerAsyncResponseWriter<EchoMessage> writer_;
  bool finished_ = false;
};

// Requests that the completion queue can take before a handler has run: the most that is in flight (8x32).
constexpr int kCallsOffered = 256;

std::unique_ptr<grpc::Server> Start(grpc::ServerBuilder &builder, int port) {
  int chosen = 0;
  builder.AddListeningPort(
      "127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &chosen);
  auto server = builder.BuildAndStart();
  if (server == nullptr || chosen == 0) {
    std::fprintf(stderr, "could not listen on 127.0.0.1:%d\n", port);
    std::exit(1);
  }
  std::printf("READY %d\n", chosen);
  std::fflush(stdout);
  return server;
}

void ServeCallbacks(int port) {
  CallbackEcho service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  Start(builder, port)->Wait();
}

void ServeQueue(int port) {
  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  auto queue = builder.AddCompletionQueue();
  auto server = Start(builder, port);
  for (int i = 0; i < kCallsOffered; i++) new QueuedCall(service, *queue);
  void *tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) {
    auto *call = static_cast<QueuedCall *>(tag);
    if (ok) call->Proceed();
    else delete call;
  }
}

}  // namespace

int main(int argc, char **argv) {
  const load_options options = load_parse(argc, argv);
  const std::string mode = options.mode;
  if (mode == "callback") {
    ServeCallbacks(options.port);
  } else if (mode == "queue") {
    ServeQueue(options.port);
  } else {
    std::fprintf(stderr, "--mode is callback or queue\n");
    return 2;
  }
}
