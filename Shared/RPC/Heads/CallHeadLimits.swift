/// How long the variable fields of a call's head may be, on both sides.
package enum CallHeadLimits {
  /// Bytes of a model's name, a version or an alias.
  package static let nameBytesMax = 128
  package static let routingKeyBytesMax = 256
  package static let requestIDBytesMax = 64

  /// - Throws: `invalidArgument`, naming the field.
  static func check(
    model: Int, version: Int, routingKey: Int, requestID: Int
  ) throws(RPCError) {
    for (field, byteCount, max) in [
      ("model", model, nameBytesMax), ("version", version, nameBytesMax),
      ("routing_key", routingKey, routingKeyBytesMax), ("request_id", requestID, requestIDBytesMax),
    ] where byteCount > max {
      throw RPCError(
        .invalidArgument, "`\(field)` has \(byteCount) bytes; expected at most \(max)")
    }
  }
}
