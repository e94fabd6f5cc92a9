import CProtobufC
import RPC

/// Builds the tree of protobuf-c structs that one message is packed from.
///
/// Small things are copied into an arena. Big byte arrays are pinned instead while the message is packed.
struct Packer: ~Copyable {
  /// An array from this size on is pinned: below it, copying is cheaper.
  static var pinnedBytesMin: Int { 4096 }
  /// Each pinned array is a level of nested calls while the message is packed.
  static var pinnedMax: Int { 64 }

  @safe private struct Pinned {
    /// In the arena.
    let slot: UnsafeMutablePointer<ProtobufCBinaryData>
    let bytes: [UInt8]
  }

  private var arena: Arena
  private var pinned: [Pinned] = []

  private init(scratch: UnsafeMutableRawBufferPointer) {
    unsafe arena = Arena(scratch: scratch)
  }

  static func encode<Message: BridgedMessage>(
    _ message: Message,
    _ write: (_ byteCount: Int, _ fill: (_ output: inout OutputRawSpan) -> Void) -> Void
  ) {
    // The tree lives in the packer's arena, and the packer until this closure ends.
    unsafe withUnsafeTemporaryAllocation(byteCount: scratchBytes, alignment: 16) { scratch in
      var packer = unsafe Packer(scratch: scratch)
      let raw = unsafe packer.place(message)
      // Every message struct begins with a ProtobufCMessage.
      let base = unsafe UnsafeRawPointer(raw).assumingMemoryBound(to: ProtobufCMessage.self)
      packer.withPinned(from: 0) {
        let byteCount = unsafe protobuf_c_message_get_packed_size(base)
        write(byteCount) { output in
          precondition(
            output.freeCapacity >= byteCount, "less room than the message was said to need")
          unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
            guard let start = buffer.baseAddress else { return }
            // protobuf-c writes as many bytes as it said, and there is room for them behind `start`.
            let octets = unsafe (start + initializedCount).assumingMemoryBound(to: UInt8.self)
            initializedCount += unsafe protobuf_c_message_pack(base, octets)
          }
        }
      }
    }
  }

  // MARK: - Fields

  mutating func text(_ value: String) -> ProtobufCBinaryData {
    var value = value
    return value.withUTF8 { unsafe copied($0) }
  }

  mutating func texts(_ values: [String]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !values.isEmpty else { return nil }
    let elements = unsafe memory(for: ProtobufCBinaryData.self, values.count)
    // There is an element for each value.
    for index in values.indices { unsafe (elements + index).initialize(to: text(values[index])) }
    return unsafe elements
  }

  /// Bytes for an address that is known to be no field of a struct: always copied.
  mutating func bytes(_ value: [UInt8]) -> ProtobufCBinaryData {
    unsafe value.withUnsafeBufferPointer { unsafe copied($0) }
  }

  /// - Parameter slot: where in the arena the result will be stored.
  mutating func bytes(
    _ value: [UInt8], slot: () -> UnsafeMutablePointer<ProtobufCBinaryData>?
  ) -> ProtobufCBinaryData {
    guard value.count >= Self.pinnedBytesMin, pinned.count < Self.pinnedMax,
      let slot = unsafe slot()
    else { return unsafe bytes(value) }
    unsafe pinned.append(Pinned(slot: slot, bytes: value))
    return unsafe ProtobufCBinaryData(len: value.count, data: nil)
  }

  mutating func byteArrays(_ values: [[UInt8]]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !values.isEmpty else { return nil }
    let elements = unsafe memory(for: ProtobufCBinaryData.self, values.count)
    for index in values.indices {
      // There is an element for each value.
      let element = unsafe elements + index
      unsafe element.initialize(to: bytes(values[index]) { unsafe element })
    }
    return unsafe elements
  }

  mutating func numbers<Number: BitwiseCopyable>(
    _ values: [Number]
  ) -> UnsafeMutablePointer<Number>? {
    guard !values.isEmpty else { return nil }
    let elements = unsafe memory(for: Number.self, values.count)
    // There is an element for each value.
    _ = unsafe UnsafeMutableBufferPointer(start: elements, count: values.count)
      .initialize(fromContentsOf: values)
    return unsafe elements
  }

  mutating func booleans(_ values: [Bool]) -> UnsafeMutablePointer<protobuf_c_boolean>? {
    unsafe numbers(values.map { $0 ? 1 : 0 })
  }

  mutating func message<Message: BridgedMessage>(
    _ value: Message?
  ) -> UnsafeMutablePointer<Message.Raw>? {
    guard let value else { return nil }
    return unsafe place(value)
  }

  mutating func messages<Message: BridgedMessage>(
    _ values: [Message]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message.Raw>?>? {
    guard !values.isEmpty else { return nil }
    let elements = unsafe memory(for: UnsafeMutablePointer<Message.Raw>?.self, values.count)
    // There is an element for each value.
    for index in values.indices { unsafe (elements + index).initialize(to: place(values[index])) }
    return unsafe elements
  }

  // MARK: - Private

  private mutating func place<Message: BridgedMessage>(
    _ value: Message
  ) -> UnsafeMutablePointer<Message.Raw> {
    let raw = unsafe memory(for: Message.Raw.self, 1)
    unsafe Message.initialize(raw)
    unsafe value.fill(raw, &self)
    return unsafe raw
  }

  private mutating func copied(_ source: UnsafeBufferPointer<UInt8>) -> ProtobufCBinaryData {
    guard !source.isEmpty else { return unsafe ProtobufCBinaryData() }
    let copy = unsafe memory(for: UInt8.self, source.count)
    _ = unsafe UnsafeMutableBufferPointer(start: copy, count: source.count)
      .initialize(fromContentsOf: source)
    return unsafe ProtobufCBinaryData(len: source.count, data: copy)
  }

  /// Room for `count` elements, not yet initialised. No field of a C message wants more than the 8
  /// bytes of alignment that an arena gives.
  private mutating func memory<Element>(
    for type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    unsafe arena.take(MemoryLayout<Element>.stride * count).bindMemory(to: type, capacity: count)
  }

  /// Runs `body` while the slots of all pinned arrays from `index` on point at their elements.
  private func withPinned(from index: Int, _ body: () -> Void) {
    guard index < pinned.count else { return body() }
    unsafe pinned[index].bytes.withUnsafeBufferPointer { bytes in
      // Only read while packing, although the C field is not const.
      unsafe pinned[index].slot.pointee.data = UnsafeMutablePointer(mutating: bytes.baseAddress)
      withPinned(from: index + 1, body)
    }
  }
}
