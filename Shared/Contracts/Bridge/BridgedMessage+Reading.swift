import CProtobufC
import RPC

/// From protobuf-c's structs to Swift values.
extension BridgedMessage {
  static func unpacked(
    from body: RawSpan, limits: DecodeLimits
  ) throws(DecodeError) -> Self {
    // The bytes are read and the arena is dropped before either closure ends: a value holds copies.
    let result = unsafe body.withUnsafeBytes { bytes in
      unsafe withUnsafeTemporaryAllocation(byteCount: scratchBytes, alignment: 16) { scratch in
        unsafe unpacked(from: bytes, limits: limits, scratch: scratch)
      }
    }
    return try result.get()
  }

  private static func unpacked(
    from bytes: UnsafeRawBufferPointer, limits: DecodeLimits,
    scratch: UnsafeMutableRawBufferPointer
  ) -> Result<Self, DecodeError> {
    var arena = unsafe DecodeArena(scratch: scratch, bytesMax: limits.memoryBytesMax)
    let descriptor = unsafe descriptor
    return unsafe withUnsafeMutablePointer(to: &arena) { address in
      var allocator = unsafe DecodeArena.allocator(over: address)
      // UInt8 may be read from any memory. What is unpacked lives in the arena, that outlives this
      // closure.
      let unpacked = unsafe protobuf_c_message_unpack(
        descriptor, &allocator, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
      guard let unpacked = unsafe unpacked else {
        return .failure(
          unsafe address.pointee.isOverBudget
            ? .overBudget(message: "\(protoName)", bytesMax: limits.memoryBytesMax)
            : .malformed(message: "\(protoName)"))
      }
      // It was unpacked by the descriptor of `Raw`, so it is the beginning of one.
      let raw = unsafe UnsafeRawPointer(unpacked).assumingMemoryBound(to: Raw.self)
      return Result { () throws(DecodeError) in unsafe try Self(reading: raw) }
    }
  }

  /// The message's own descriptor. Swift gives only a copy's address of the C constant itself.
  private static var descriptor: UnsafePointer<ProtobufCMessageDescriptor>? {
    unsafe withUnsafeTemporaryAllocation(of: Raw.self, capacity: 1) { empty in
      guard let raw = empty.baseAddress else { return nil }
      unsafe initialize(raw)
      // Every message struct begins with a ProtobufCMessage.
      return unsafe UnsafeRawPointer(raw).assumingMemoryBound(to: ProtobufCMessage.self)
        .pointee.descriptor
    }
  }

  // MARK: - Fields; each count is the number of elements that protobuf-c put behind the pointer

  static func text(
    _ raw: ProtobufCBinaryData, _ field: StaticString
  ) throws(DecodeError) -> String {
    let bytes = unsafe UnsafeBufferPointer(start: raw.data, count: raw.len)
    guard unsafe !hasZero(bytes), let valid = unsafe try? UTF8Span(validating: bytes.span) else {
      throw .invalidText(message: "\(protoName)", field: "\(field)")
    }
    return String(copying: valid)
  }

  static func texts(
    _ count: Int, _ elements: UnsafeMutablePointer<ProtobufCBinaryData>?, _ field: StaticString
  ) throws(DecodeError) -> [String] {
    var result: [String] = []
    result.reserveCapacity(count)
    let elements = unsafe UnsafeBufferPointer(start: elements, count: count)
    for index in elements.indices {
      result.append(unsafe try text(elements[index], field))
    }
    return result
  }

  static func bytes(_ raw: ProtobufCBinaryData) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: raw.data, count: raw.len))
  }

  static func byteArrays(
    _ count: Int, _ elements: UnsafeMutablePointer<ProtobufCBinaryData>?
  ) -> [[UInt8]] {
    unsafe UnsafeBufferPointer(start: elements, count: count).map { unsafe bytes($0) }
  }

  static func numbers<Number>(_ count: Int, _ elements: UnsafeMutablePointer<Number>?) -> [Number] {
    unsafe Array(UnsafeBufferPointer(start: elements, count: count))
  }

  static func booleans(_ count: Int, _ elements: UnsafeMutablePointer<protobuf_c_boolean>?)
    -> [Bool]
  {
    unsafe UnsafeBufferPointer(start: elements, count: count).map { $0 != 0 }
  }

  static func message<Message: BridgedMessage>(
    _ raw: UnsafeMutablePointer<Message.Raw>?
  ) throws(DecodeError) -> Message? {
    guard let raw = unsafe raw else { return nil }
    return unsafe try Message(reading: raw)
  }

  static func messages<Message: BridgedMessage>(
    _ count: Int, _ elements: UnsafeMutablePointer<UnsafeMutablePointer<Message.Raw>?>?
  ) throws(DecodeError) -> [Message] {
    var result: [Message] = []
    result.reserveCapacity(count)
    let elements = unsafe UnsafeBufferPointer(start: elements, count: count)
    for index in elements.indices {
      if let message: Message = unsafe try message(elements[index]) { result.append(message) }
    }
    return result
  }

  /// The smallest byte, so that the loop has no early exit and is vectorised.
  private static func hasZero(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var smallest = UInt8.max
    for index in bytes.indices { smallest = min(smallest, unsafe bytes[index]) }
    return smallest == 0
  }
}
