import Base
import RPCTestKit
import TransportInProcess
import Wire

@testable import RPC

/// A server that a test takes along the arrows of its diagrams.
struct ServerUnderDiagram {
  let service = TestService()
  let core: ServerCore
  private let loop = ManualLoop()
  private let peer: RawPeer

  init(settings: ConnectionSettings = ConnectionSettings()) {
    core = service.core(settings: settings)
    peer = RawPeer(core: core, loop: loop)
  }

  func take(_ input: DiagramInput) async {
    switch input {
    case .bytes(let bytes): await peer.write(bytes)
    case .time(let duration): await loop.advance(by: duration)
    case .peerCloses: await peer.close()
    case .drain: await core.drain()
    case .gateOpens: service.gate.send("open")
    }
    await settle()
  }

  /// The frames that it has sent, in the diagrams' words.
  func sent() async -> [String] {
    ReceivedFrame.all(in: await peer.all.bytes).map(\.inDiagram)
  }

  var state: String { get async { await peer.server.diagramState } }

  func state(of stream: UInt32) async -> String { await peer.server.diagramState(of: stream) }

  /// Waits for what must come. Whether it is all of it, and right, is for the caller to look at.
  func wait(until condition: () async -> Bool) async { _ = await loop.eventually(condition) }

  private func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }
}

extension ServerConnection {
  fileprivate var diagramState: String {
    if isClosed { return "Closed" }
    switch handshake.state {
    case .awaitingPreface: return "AwaitingPreface"
    case .awaitingHello: return "AwaitingHello"
    case .awaitingProof: return "AwaitingProof"
    case .done: return isDraining ? "Draining" : "Ready"
    }
  }

  fileprivate func diagramState(of stream: UInt32) -> String {
    if isClosed { return "Broken" }
    guard let stream = streams[stream] else { return "Idle" }
    return stream.isWhole ? "Working" : "Receiving"
  }
}
