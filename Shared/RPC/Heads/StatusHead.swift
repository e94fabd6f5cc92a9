internal import Base

package import Wire

/// Head of an end frame: `Status` of `wire.proto`. No head at all is `ok`.
package enum StatusHead {
  /// Longest message that is sent, in bytes of UTF-8; the rest is cut.
  package static let messageBytesMax = 2048
  package static let referenceBytesMax = 64

  package static func encode(_ error: RPCError) -> [UInt8] {
    let message = cut(error.message, byteCountMax: messageBytesMax)
    let reference = cut(error.reference, byteCountMax: referenceBytesMax)
    let retryAfter = UInt64(max(0, error.retryAfter?.wholeNanoseconds ?? 0))
    let byteCount =
      ProtobufWriter.byteCount(UInt64(error.code.rawValue))
      + ProtobufWriter.byteCount(bytes: message.count) + ProtobufWriter.byteCount(retryAfter)
      + ProtobufWriter.byteCount(bytes: reference.count)
      + ProtobufWriter.byteCount(error.progress == .notBegun ? 1 : 0)
    return [UInt8](byteCount: byteCount) { output in
      ProtobufWriter.write(UInt64(error.code.rawValue), field: 1, into: &output)
      ProtobufWriter.write(message, field: 2, into: &output)
      ProtobufWriter.write(retryAfter, field: 3, into: &output)
      ProtobufWriter.write(reference, field: 4, into: &output)
      ProtobufWriter.write(error.progress == .notBegun ? 1 : 0, field: 5, into: &output)
    }
  }

  /// The longest start of `text` that fits and is UTF-8 still: most protobuf libraries refuse a `string`
  /// that is not.
  package static func cut(_ text: String, byteCountMax: Int) -> [UInt8] {
    var bytes = [UInt8](text.utf8.prefix(byteCountMax + 1))
    guard bytes.count > byteCountMax else { return bytes }
    // Back to before the first byte of the character that does not fit.
    while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    return bytes
  }

  /// The error that a head speaks of, or `nil` for `ok`.
  package static func decode(_ head: RawSpan) throws(ProtobufError) -> RPCError? {
    guard !head.isEmpty else { return nil }
    var error = RPCError(.ok, "")
    var reader = ProtobufReader(head)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .integer(let code)):
        error.code = UInt8(exactly: code).flatMap(StatusCode.init(rawValue:)) ?? .unknown
      case (2, .bytes(let range)): error.message = lossyText(head.extracting(range))
      case (3, .integer(let nanoseconds)):
        error.retryAfter = .nanoseconds(Int64(clamping: nanoseconds))
      case (4, .bytes(let range)): error.reference = lossyText(head.extracting(range))
      case (5, .integer(let flag)): error.progress = flag == 0 ? .answered : .notBegun
      case (1...5, _): throw .malformed
      default: break
      }
    }
    return error.code == .ok ? nil : error
  }

  /// The error that the end of an answer speaks of, or `nil` for `ok`.
  ///
  /// - Throws: `internalError` for a head that can't be read.
  static func status(_ head: RawSpan) throws(RPCError) -> RPCError? {
    do throws(ProtobufError) {
      return try decode(head)
    } catch {
      throw RPCError(.internalError, "the server's status can't be read")
    }
  }

  private static func lossyText(_ bytes: RawSpan) -> String {
    String(decoding: bytes.array(), as: UTF8.self)
  }
}
