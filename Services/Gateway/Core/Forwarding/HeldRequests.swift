internal import RPC
internal import Synchronization
internal import Wire

/// Counts the requests that are held because parts of them are still to come: once for each key, once
/// for the whole gateway.
///
/// What is held takes no stream of a connection to a worker, which all callers share.
final class HeldRequests: Sendable {
  /// What is counted: requests, and the bytes that they take.
  struct Size: Sendable, Hashable {
    var requests = 0
    var bytes = 0

    static let none = Size()
  }

  /// A key's share: two of the longest messages, or many short ones.
  static let keyMax = Size(requests: 1_024, bytes: 2 * WireLimits.messageBytesMax)
  /// The gateway's: eight keys may use all that they may. A request of one frame is never held.
  static let gatewayMax = Size(requests: 16_384, bytes: 16 * WireLimits.messageBytesMax)
  /// What a part costs beside its bytes, so that empty ones are counted too.
  private static let partOverheadBytes = 64

  /// What a frame of a request counts with.
  static func byteCount(of frame: ForwardedCall.Frame) -> Int {
    frame.body.count + partOverheadBytes
  }

  private let max: Size
  private let held = Mutex(Size.none)

  init(max: Size) {
    self.max = max
  }

  /// `false` if it would be too much; nothing is taken then.
  func take(_ size: Size) -> Bool {
    held.withLock { held in
      guard held.requests + size.requests <= max.requests, held.bytes + size.bytes <= max.bytes
      else { return false }
      held.requests += size.requests
      held.bytes += size.bytes
      return true
    }
  }

  /// Gives back what was taken.
  func giveBack(_ size: Size) {
    held.withLock { held in
      precondition(
        held.requests >= size.requests && held.bytes >= size.bytes, "gave back more than was taken")
      held.requests -= size.requests
      held.bytes -= size.bytes
    }
  }

  /// What is taken now.
  var size: Size { held.withLock { $0 } }
}
