import Base
import RPC
import RPCTestKit
import TransportInProcess
import Wire

/// A server of the test service with a peer whose every byte a test writes.
struct HandDriven {
  struct Frame {
    var kind: FrameKind
    var stream: UInt32
    var head: [UInt8]
    var body: [UInt8]
  }

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
  func frames() async -> [Frame] {
    await settle()
    var rest = await peer.all.bytes
    var frames: [Frame] = []
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    while case .frame(let header, let byteCount) = rest.withRawSpan({ decoder.decode($0) }) {
      let payload = rest[WireLimits.headerByteCount..<byteCount]
      frames.append(
        Frame(
          kind: header.kind, stream: header.stream,
          head: Array(payload.prefix(header.headByteCount)),
          body: Array(payload.dropFirst(header.headByteCount))))
      rest.removeFirst(byteCount)
    }
    return frames
  }

  /// The codes of the go-aways among them.
  func goAways() async -> [StatusCode] {
    await frames().filter { $0.kind == .goAway }.map { frame in
      let code = frame.head.withRawSpan { (try? HandshakeHead(decoding: $0))?[integer: 1] ?? 99 }
      return StatusCode(rawValue: UInt8(truncatingIfNeeded: code)) ?? .unknown
    }
  }
}
