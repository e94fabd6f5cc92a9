/// What handlers tell their test, in order.
package struct Events: Sendable {
  private let stream: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  package init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  package func send(_ event: String) {
    continuation.yield(event)
  }

  /// Waits for the next event.
  package func next() async -> String {
    for await event in stream { return event }
    return "cancelled while waiting for an event"
  }
}
