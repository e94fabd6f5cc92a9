import Testing
import Wire

@testable import RPC

/// Takes both sides of credit along every arrow of their diagrams in PROTOCOL.md.
@Suite struct CreditDiagramTests {
  typealias Arrow = StateDiagram.Arrow

  @Test func `the diagrams of credit name what can happen`() {
    StateDiagram.expectEvents(
      "credit sender",
      [
        "Open": ["frame within the balance", "credit", "frame over the balance"],
        "Spent": [
          "frame", "frame that takes none", "credit below zero", "credit", "credit, a frame waits",
        ],
      ])
    StateDiagram.expectEvents(
      "credit receiver",
      [
        "Open": [
          "frame within the balance", "little read", "half of the window read",
          "frame over the balance",
        ],
        "Spent": ["little read", "half of the window read", "all read", "frame"],
      ])
  }

  // MARK: The sender

  /// Remembers what was sent.
  private final class Sent: FrameSink {
    var frames: [String] = []
    let bufferedByteCount = 0

    func write(_ bytes: [UInt8]) {
      frames += ["\(FrameKind(rawValue: bytes[14]).map { "\($0)" } ?? "?")"]
    }

    func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
      frames += ["\(header.kind)"]
    }

    func flush() {}
    func close() {}
  }

  /// The balance of the stream is the smaller one, or that of the connection (0).
  @Test(arguments: StateDiagram.arrows(of: "credit sender"), [5, 0])
  func `a sender's credit goes where its diagram says`(arrow: Arrow, bounded: UInt32) {
    let sent = Sent()
    let sink = CreditedSink(sent)
    sink.enforce(
      streamWindow: bounded == 5 ? 200 : 1 << 20, connectionWindow: bounded == 0 ? 200 : 1 << 20)
    if arrow.from == "Spent" { write(1_000, to: sink) }
    if arrow.event == "credit, a frame waits" { write(10, to: sink) }
    #expect(state(of: sink) == arrow.from)
    let before = sent.frames.count
    switch arrow.event {
    case "frame within the balance", "frame": write(10, to: sink)
    case "frame over the balance": write(1_000, to: sink)
    case "frame that takes none":
      sink.write(FrameHeader(kind: .message, flags: .end, stream: 5)) { _ in }
    case "credit below zero": sink.grant(100, on: bounded)
    case "credit", "credit, a frame waits": sink.grant(2_000, on: bounded)
    default: Issue.record("no test knows the event `\(arrow.event)`")
    }
    #expect(Array(sent.frames.dropFirst(before)) == arrow.replies)
    // The end of a stream leaves nothing of it to ask.
    if arrow.event != "frame that takes none" { #expect(state(of: sink) == arrow.to) }
  }

  private func write(_ byteCount: Int, to sink: CreditedSink) {
    let body = [UInt8](repeating: 1, count: byteCount)
    sink.write(FrameHeader(kind: .message, stream: 5, bodyByteCount: byteCount)) { output in
      body.withRawSpan { output.append(contentsOf: $0) }
    }
  }

  private func state(of sink: CreditedSink) -> String { sink.mustWait(5) ? "Spent" : "Open" }

  // MARK: The receiver

  @Test(arguments: StateDiagram.arrows(of: "credit receiver"))
  func `a receiver's credit goes where its diagram says`(arrow: Arrow) {
    var meter = CreditMeter(window: 200)
    var isBroken = false
    var granted: Int?
    _ = meter.take(arrow.from == "Spent" ? 500 : 100)
    #expect(state(of: meter) == arrow.from)
    switch arrow.event {
    case "frame within the balance": isBroken = !meter.take(50)
    case "frame over the balance": isBroken = !meter.take(500)
    case "frame": isBroken = !meter.take(1)
    case "little read": granted = meter.release(99)
    case "half of the window read": granted = meter.release(100)
    case "all read": granted = meter.release(500)
    default: Issue.record("no test knows the event `\(arrow.event)`")
    }
    #expect((granted == nil ? [] : ["credit"]) == arrow.replies)
    #expect((isBroken ? "Broken" : state(of: meter)) == arrow.to)
  }

  private func state(of meter: CreditMeter) -> String {
    var meter = meter
    return meter.take(1) ? "Open" : "Spent"
  }
}
