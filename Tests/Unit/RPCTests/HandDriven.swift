import Base
import RPC
import RPCTestKit
import TransportInProcess

/// A server of the test service with a peer whose every byte a test writes.
struct HandDriven {
  let service = TestService()
  let core: ServerCore
  let loop = ManualLoop()
  private let peer: RawPeer

  init(
    limits: ServerLimits = ServerLimits(), settings: ConnectionSettings = ConnectionSettings(),
    cuts: ByteCuts = .none
  ) {
    core = service.core(limits: limits, settings: settings)
    peer = RawPeer(core: core, loop: loop, cuts: cuts)
  }

  /// A peer that has sent these bytes already.
  func write(_ bytes: [UInt8]) async {
    await peer.write(bytes)
  }

  func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }

  var hasEnded: Bool { get async { await peer.all.isEnded } }

  /// The frames that the server has sent so far.
  func frames() async -> [ReceivedFrame] {
    await settle()
    return ReceivedFrame.all(in: await peer.all.bytes)
  }

  /// How many writes it took the server to send them.
  var writeCount: Int { get async { await peer.writeCount } }

  /// The codes of the go-aways among them.
  func goAways() async -> [StatusCode] {
    await frames().compactMap(\.goAway?.code)
  }
}
