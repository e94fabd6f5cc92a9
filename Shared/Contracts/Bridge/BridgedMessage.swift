import CProtobufC
import RPC

/// A message that goes through a protobuf-c struct on its way to and from the wire. Its conformances
/// are generated.
protocol BridgedMessage: WireMessage {
  /// The struct that protoc-c makes of the message, with `bytes` in the place of every `string`.
  associatedtype Raw

  /// Such as `slipway.registry.v1.Version`.
  static var protoName: StaticString { get }

  /// Calls the generated `__init`, which makes an empty message of `raw` and is the only way to the
  /// address of the message's descriptor.
  static func initialize(_ raw: UnsafeMutablePointer<Raw>)

  /// Copies everything; keeps no pointer.
  init(reading raw: UnsafePointer<Raw>) throws(DecodeError)

  /// Sets the fields of `raw`, an empty message, and places what they point at with the packer.
  func fill(_ raw: UnsafeMutablePointer<Raw>, _ packer: inout Packer)
}

/// Bytes on the stack for the structs of one message, before its arena turns to the heap.
let scratchBytes = 1024
