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
    try check(model, "model", max: nameBytesMax)
    try check(version, "version", max: nameBytesMax)
    try check(routingKey, "routing_key", max: routingKeyBytesMax)
    try check(requestID, "request_id", max: requestIDBytesMax)
  }

  private static func check(
    _ byteCount: Int, _ field: StaticString, max: Int
  ) throws(RPCError) {
    guard byteCount > max else { return }
    throw RPCError(
      .invalidArgument, "`\(field)` has \(byteCount) bytes; expected at most \(max)")
  }
}
