import RPC
import RPCTestKit

/// What one connection's network does, drawn from the seed.
struct LinkPlan {
  /// How far the network keeps TCP's promise: the bytes that were written, in order, or none.
  enum Integrity: Int, Comparable {
    /// Late, cut anywhere, or lost from some byte on.
    case faithful
    /// Frames of one stream overtake those of another: no byte is changed.
    case reordered
    /// Frames are lost, doubled, changed or cut: what neither TCP nor TLS lets through.
    case damaged

    static func < (one: Integrity, other: Integrity) -> Bool { one.rawValue < other.rawValue }
  }

  enum End: Equatable {
    /// It lasts as long as it is wanted.
    case none
    /// The rest is lost, and the reader sees an orderly end.
    case truncate
    /// Both sides lose what was on its way.
    case reset
    /// The rest is lost, and nobody is told.
    case blackHole
  }

  struct Direction {
    var latency: ClosedRange<Duration>
    /// Bytes of the longest delivery, at first.
    var deliveryBytesMax: Int
    /// Byte offsets at which nothing moves for a while.
    var stalls: [(at: Int, duration: Duration)]
    var end: End
    /// Byte offset of the end.
    var endAt: Int
    var integrity: Integrity
    /// Of each frame.
    var damageProbability: Double
    /// Bytes that are never damaged, such as those of the handshake.
    var soundByteCount: Int

    /// Bytes of the longest delivery: what is cut everywhere is cut so for long enough to show, and not for hours.
    func deliveryBytesMax(after byteCount: Int) -> Int {
      byteCount < 3_000 ? deliveryBytesMax : max(deliveryBytesMax, 8_000)
    }
  }

  var toServer: Direction
  var toClient: Direction
  var clientSettings: ConnectionSettings
  var serverSettings: ConnectionSettings
  var compresses: Bool
  /// When the server says go-away, if it does.
  var drainsAt: Duration?

  var integrity: Integrity { max(toServer.integrity, toClient.integrity) }

  /// Whether the network ends it, or holds it up for so long that the handshake may fail.
  var mayEnd: Bool {
    [toServer, toClient].contains { direction in
      direction.end != .none || direction.stalls.contains { $0.duration > .seconds(1) }
    }
  }

  var isBlackHole: Bool { toServer.end == .blackHole || toClient.end == .blackHole }

  init(serverSettings: ConnectionSettings, chance: inout Chance) {
    let level = Int.random(in: 0..<10, using: &chance)
    let integrity: Integrity = level < 6 ? .faithful : level < 7 ? .reordered : .damaged
    // One direction, the other, or both.
    let side = Int.random(in: 0..<3, using: &chance)
    toServer = Self.direction(side == 1 ? .faithful : integrity, &chance)
    toClient = Self.direction(side == 0 ? .faithful : integrity, &chance)
    clientSettings = Self.settings(&chance)
    self.serverSettings = serverSettings
    compresses = Bool.random(using: &chance)
    if Int.random(in: 0..<4, using: &chance) == 0 {
      drainsAt = .random(in: .zero ... .seconds(3), using: &chance)
    }
  }

  /// A network without faults.
  init(soundWith serverSettings: ConnectionSettings) {
    let direction = Direction(
      latency: .microseconds(10) ... .microseconds(200), deliveryBytesMax: 100_000, stalls: [],
      end: .none, endAt: 0, integrity: .faithful, damageProbability: 0, soundByteCount: 0)
    (toServer, toClient) = (direction, direction)
    clientSettings = ConnectionSettings()
    self.serverSettings = serverSettings
    compresses = false
  }

  /// What a side takes: small credit runs out often.
  static func settings(_ chance: inout Chance) -> ConnectionSettings {
    var settings = ConnectionSettings()
    settings.frameBytesMax = [16_384, 20_000, 65_536, 1 << 20].randomElement(using: &chance) ?? 0
    settings.streamCredit = [1, 100, 3_000, 40_000, 4 << 20].randomElement(using: &chance) ?? 1
    settings.connectionCredit =
      [1, 500, 20_000, 100_000, 16 << 20].randomElement(using: &chance) ?? 1
    if Int.random(in: 0..<8, using: &chance) == 0 { settings.capabilities.remove(.credit) }
    if Int.random(in: 0..<4, using: &chance) == 0 { settings.capabilities.remove(.zstd) }
    return settings
  }

  private static func direction(_ integrity: Integrity, _ chance: inout Chance) -> Direction {
    let least = Duration.random(in: .microseconds(1) ... .milliseconds(2), using: &chance)
    let offset = { (chance: inout Chance) in
      // Of every magnitude: in the handshake, in the first calls, late.
      let bits = Int.random(in: 3...20, using: &chance)
      return Int.random(in: 0..<(1 << bits), using: &chance)
    }
    let ends: [End] = [
      .none, .none, .none, .none, .none, .none, .none, .none, .none, .truncate, .reset, .blackHole,
    ]
    let stalls = (0..<([0, 0, 1, 3].randomElement(using: &chance) ?? 0)).map { _ in
      (
        at: offset(&chance),
        duration: Duration.random(in: .microseconds(100) ... .seconds(3), using: &chance)
      )
    }
    return Direction(
      latency: least...least + Duration.random(in: .zero ... .milliseconds(5), using: &chance),
      deliveryBytesMax: [1, 40, 1_000, 10_000, 1 << 20].randomElement(using: &chance) ?? 1,
      stalls: stalls.sorted { $0.at < $1.at },
      end: ends.randomElement(using: &chance) ?? .none, endAt: offset(&chance),
      integrity: integrity,
      damageProbability: [0.002, 0.02, 0.2].randomElement(using: &chance) ?? 0.02,
      soundByteCount: Bool.random(using: &chance) ? 600 : 0)
  }
}
