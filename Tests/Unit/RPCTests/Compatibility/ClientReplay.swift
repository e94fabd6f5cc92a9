import RPCTestKit
import TransportInProcess
import Wire

@testable import RPC

/// Says what a server of another release has said, to a client of this one.
struct ClientReplay {
  let loop = ManualLoop()
  private let server: RawServer
  private let session: RecordedSession

  var client: ClientConnection { server.client }

  init(
    _ session: RecordedSession, authenticator: TestClientAuthenticator,
    settings: ConnectionSettings
  ) {
    self.session = session
    server = RawServer(
      loop: loop, authenticator: authenticator, settings: settings, compresses: true)
  }

  /// Where the client says something else than then, while somebody makes the same calls with it.
  func differences() async -> [String] {
    var differences: [String] = []
    var count = 0
    for entry in session.entries {
      guard entry.side == .client else {
        await server.write(entry.bytes)
        continue
      }
      guard let then = entry.frame else { continue }
      count += 1
      guard await comes(count) else {
        differences.append("`\(then.kind)` of stream \(then.stream) does not come")
        break
      }
      let now = frames()[count - 1]
      if now.essence(methods: session.methods) != then.essence(methods: session.methods) {
        differences.append("`\(then.kind)` of stream \(then.stream) is another one")
      }
    }
    // Ends what waits for more than the recording has.
    await server.close()
    return differences
  }

  /// What the client has said.
  func frames() -> [ReceivedFrame] {
    ReceivedFrame.all(in: Array(server.all.bytes.dropFirst(ProtocolVersion.preface.count)))
  }

  /// Returns when the client has sent a frame; `false` if it takes too long.
  @discardableResult
  func comes(_ kind: FrameKind, of stream: UInt32) async -> Bool {
    await loop.eventually { frames().contains { $0.kind == kind && $0.stream == stream } }
  }

  private func comes(_ count: Int) async -> Bool {
    await loop.eventually { frames().count >= count }
  }
}
