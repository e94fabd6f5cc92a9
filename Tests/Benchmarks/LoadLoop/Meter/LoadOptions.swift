internal import CLoad
internal import Foundation

/// The arguments that every load client takes, read as the references read them.
///
/// Unchecked because the pointers in it are never written through, and what they point at stays.
@safe package struct LoadOptions: @unchecked Sendable {
  /// Points at copies of the arguments, which are kept for as long as the process lives.
  let parsed: load_options

  /// Ends the process with 2 for a flag that it does not know or a value that makes no sense.
  package init(arguments: [String]) {
    let words = unsafe ([""] + arguments).map { unsafe strdup($0) }
    unsafe parsed = load_parse(Int32(words.count), words)
  }

  package var mode: String { unsafe String(cString: parsed.mode) }
  package var payload: String { unsafe String(cString: parsed.payload) }
  package var port: Int { unsafe Int(parsed.port) }
  package var connections: Int { unsafe Int(parsed.connections) }
  package var inflight: Int { unsafe Int(parsed.inflight) }
  package var warmUp: Duration { unsafe .seconds(parsed.warm_up_seconds) }
  package var measured: Duration { unsafe .seconds(parsed.seconds) }

  /// The bytes of the payload; `nil` if there is no such kind.
  package func payloadBytes() -> [UInt8]? {
    var count = 0
    guard let bytes = unsafe load_payload_create(parsed.payload, &count) else { return nil }
    defer { unsafe free(bytes) }
    // It made as many bytes as it said.
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
