import RPCTestKit
import TransportInProcess
import Wire

@testable import RPC

/// Says what a client of another release has said, to a server of this one.
struct ServerReplay {
  private let service = TestService()
  private let core: ServerCore
  private let loop = ManualLoop()
  private let peer: RawPeer
  private let session: RecordedSession

  /// - Parameter role: of the server then.
  init(_ session: RecordedSession, role: String) {
    self.session = session
    core = service.core(role: role)
    peer = RawPeer(core: core, loop: loop, compresses: true)
  }

  /// Where the server says something else than then.
  func differences() async -> [String] {
    var differences: [String] = []
    var count = 0
    for entry in session.entries {
      guard entry.side == .server else {
        await peer.write(await adapted(entry))
        continue
      }
      guard let then = entry.frame else { continue }
      await prepare(then)
      guard var now = await frame(count) else {
        return differences + ["`\(then.kind)` of stream \(then.stream) does not come"]
      }
      count += 1
      // The service of the tests says the call's priority too, by now.
      if isOfWho(then), let end = now.body.lastIndex(of: UInt8(ascii: "|")) {
        now.body.removeSubrange(end...)
      }
      if now.essence(methods: []) != then.essence(methods: []) {
        differences.append("`\(then.kind)` of stream \(then.stream) is another one")
      }
      if then.kind == .ready, !Set(session.methods).isSubset(of: await methods()) {
        differences.append("methods have gone")
      }
    }
    let more = await frames().dropFirst(count).map(\.inDiagram)
    return differences + more.map { "`\($0)` comes, which did not then" }
  }

  /// A client looks its methods up in the table that it is given.
  private func adapted(_ entry: RecordedSession.Entry) async -> [UInt8] {
    guard let frame = entry.frame, frame.kind == .call else { return entry.bytes }
    var head = frame.fields
    let name = session.methods[Int(head[integer: 1])]
    head[integer: 1] = UInt64(await methods().firstIndex(of: name) ?? Int(UInt32.max))
    let before = entry.bytes.dropLast(
      WireLimits.headerByteCount + frame.head.count + frame.body.count)
    return before
      + RawFrames.frame(
        .call, flags: frame.flags, stream: frame.stream, head: head.encoded(), body: frame.body,
        inflated: frame.bodyByteCount)
  }

  /// What happened on the server's side before it said so.
  private func prepare(_ frame: ReceivedFrame) async {
    if frame.kind == .goAway { await core.drain() }
    guard frame.kind == .end, method(of: frame.stream) == TestService.API.gate.descriptor.name
    else { return }
    service.gate.send("open")
  }

  private func isOfWho(_ frame: ReceivedFrame) -> Bool {
    frame.kind == .end && method(of: frame.stream) == TestService.API.who.descriptor.name
  }

  private func method(of stream: UInt32) -> String? {
    let call = session.entries.compactMap(\.frame).first {
      $0.kind == .call && $0.stream == stream
    }
    return call.map { session.methods[Int($0.fields[integer: 1])] }
  }

  private func methods() async -> [String] {
    let ready = await frames().first { $0.kind == .ready }
    return (ready?.fields[list: 1] ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  private func frame(_ index: Int) async -> ReceivedFrame? {
    guard await loop.eventually({ await frames().count > index }) else { return nil }
    return await frames()[index]
  }

  private func frames() async -> [ReceivedFrame] {
    for _ in 0..<64 { await loop.settle() }
    return ReceivedFrame.all(in: await peer.all.bytes)
  }
}
