import CLoad

/// The arguments that every load client takes, read as the references read them.
package struct LoadOptions: Sendable {
  package let mode: String
  package let payload: String
  package let port: Int
  package let connections: Int
  package let inflight: Int
  package let seconds: Double
  package let warmUpSeconds: Double

  /// As `flag value` pairs, for the meter to read again.
  let arguments: [String]

  /// Ends the process with 2 for a flag that it does not know or a value that makes no sense.
  package init(arguments: [String]) {
    // `load_parse` keeps pointers into the arguments: they are copied here, inside the call.
    self = Self.withParsed(arguments) { parsed in
      unsafe LoadOptions(
        mode: String(cString: parsed.mode), payload: String(cString: parsed.payload),
        port: Int(parsed.port), connections: Int(parsed.connections),
        inflight: Int(parsed.inflight), seconds: parsed.seconds,
        warmUpSeconds: parsed.warm_up_seconds, arguments: arguments)
    }
  }

  private init(
    mode: String, payload: String, port: Int, connections: Int, inflight: Int, seconds: Double,
    warmUpSeconds: Double, arguments: [String]
  ) {
    self.mode = mode
    self.payload = payload
    self.port = port
    self.connections = connections
    self.inflight = inflight
    self.seconds = seconds
    self.warmUpSeconds = warmUpSeconds
    self.arguments = arguments
  }

  /// Calls `use` with the options in C; what they point at is gone when it returns.
  static func withParsed<Result>(
    _ arguments: [String], _ use: (inout load_options) -> Result
  ) -> Result {
    let words = [""] + arguments
    // Every word ends with a NUL, and all of them outlive `use`.
    let storage = words.flatMap { Array($0.utf8CString) }
    return unsafe storage.withUnsafeBufferPointer { bytes in
      var start = 0
      var pointers: [UnsafeMutablePointer<CChar>?] = []
      for word in words {
        // Only read, although `argv` is not const.
        unsafe pointers.append(
          UnsafeMutablePointer(mutating: bytes.baseAddress.map { unsafe $0 + start }))
        start += word.utf8.count + 1
      }
      return unsafe pointers.withUnsafeBufferPointer { words in
        guard let first = words.baseAddress else { preconditionFailure("there is a first word") }
        var options = unsafe load_parse(Int32(words.count), first)
        return use(&options)
      }
    }
  }

  /// The bytes of the payload; `nil` if there is no such kind.
  package func payloadBytes() -> [UInt8]? {
    var count = 0
    guard let bytes = unsafe load_payload_create(payload, &count) else { return nil }
    defer { unsafe free(bytes) }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
