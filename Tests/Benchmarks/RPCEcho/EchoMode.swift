internal import Synchronization

/// What handles the calls: `--mode`.
enum EchoMode: String {
  case sync
  case async
  /// As the others, and allocates what it has no use for: shows that the count of allocations counts.
  case syncWasteful = "sync-wasteful"
  case asyncWasteful = "async-wasteful"

  var isAsync: Bool { self == .async || self == .asyncWasteful }
  var wastes: Bool { self == .syncWasteful || self == .asyncWasteful }
}

/// Allocations for nothing.
enum Waste {
  static let blocksPerCall = 10
  private static let blocks = Mutex<[[UInt8]]>([])

  static func make() {
    blocks.withLock { blocks in
      blocks.removeAll(keepingCapacity: true)
      for byte in 0..<blocksPerCall { blocks.append([UInt8(byte), 1, 2, 3]) }
    }
  }
}
