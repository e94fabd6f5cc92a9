package import RPC
internal import Wire

/// Looks at every call of a client: whether its key is still good, however old its connection, and
/// whether its request id can stand in a log.
package final class KeyAdmission: CallGate {
  private let now: @Sendable () -> Int64

  /// - Parameter now: wall time, nanoseconds since 1970.
  package init(now: @escaping @Sendable () -> Int64) {
    self.now = now
  }

  package func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    guard case .principal(let principal) = origin.peer else { return }
    try check(principal)
    let requestID = call.requestID
    for offset in 0..<requestID.byteCount {
      guard Self.printable.contains(requestID.byte(at: offset)) else {
        throw RPCError(
          .invalidArgument,
          "`request_id` has a byte that is not printable ASCII, at offset \(offset); "
            + "expected at most \(CallHeadLimits.requestIDBytesMax) of the characters from space to ~"
        )
      }
    }
  }

  package var reviews: Bool { true }

  /// A key that has ended takes the calls with it that it has begun.
  package func review(_ origin: CallOrigin) throws(RPCError) {
    guard case .principal(let principal) = origin.peer else { return }
    try check(principal)
  }

  private func check(_ principal: Principal) throws(RPCError) {
    guard let holder = principal.session as? KeyHolder, holder.isGood(nowNanoseconds: now()) else {
      throw KeyRing.refusal
    }
  }

  private static let printable: ClosedRange<UInt8> = 0x20...0x7e
}
