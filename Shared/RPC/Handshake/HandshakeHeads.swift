package import Wire

/// Reads and writes the heads of the handshake's frames: `wire.proto` has the messages.
package struct HandshakeHead: Sendable, Hashable {
  /// Integers and bytes by field number.
  private var integers: [UInt8: UInt64] = [:]
  private var byteStrings: [UInt8: [[UInt8]]] = [:]

  package init() {}

  package init(decoding head: RawSpan) throws(ProtobufError) {
    var reader = ProtobufReader(head)
    while let (number, value) = try reader.next() {
      guard let field = UInt8(exactly: number) else { continue }
      switch value {
      case .integer(let integer): integers[field] = integer
      case .bytes(let range): byteStrings[field, default: []].append(head.extracting(range).array())
      }
    }
  }

  package subscript(integer field: UInt8) -> UInt64 {
    get { integers[field] ?? 0 }
    set { integers[field] = newValue }
  }

  package subscript(bytes field: UInt8) -> [UInt8] {
    get { byteStrings[field]?.last ?? [] }
    set { byteStrings[field] = [newValue] }
  }

  package subscript(list field: UInt8) -> [[UInt8]] {
    get { byteStrings[field] ?? [] }
    set { byteStrings[field] = newValue }
  }

  /// Text that is not UTF-8 is the empty text, which no peer accepts as a role or an address.
  package subscript(text field: UInt8) -> String {
    get { byteStrings[field]?.last?.withRawSpan { $0.text() } ?? "" }
    set { byteStrings[field] = [[UInt8](newValue.utf8)] }
  }

  package func encoded() -> [UInt8] {
    let byteCount =
      integers.values.reduce(0) { $0 + ProtobufWriter.byteCount($1) }
      + byteStrings.values.joined().reduce(0) { $0 + ProtobufWriter.byteCount(bytes: $1.count) }
    return [UInt8](byteCount: byteCount) { output in
      for (field, value) in integers.sorted(by: { $0.key < $1.key }) {
        ProtobufWriter.write(value, field: field, into: &output)
      }
      for (field, list) in byteStrings.sorted(by: { $0.key < $1.key }) {
        for bytes in list {
          ProtobufWriter.write(bytes, field: field, into: &output)
        }
      }
    }
  }
}

/// What a side brings into a connection; all but ``liveness`` is told to the other.
package struct ConnectionSettings: Sendable, Hashable {
  package var capabilities: Capabilities = .current
  package var frameBytesMax = WireLimits.framePayloadBytesMax
  /// Credit of the peer on a new stream, in bytes.
  package var streamCredit = 4 * 1024 * 1024
  /// Credit of the peer on the connection, in bytes.
  package var connectionCredit = 16 * 1024 * 1024
  package var release = ""
  /// When a server that owes answers and says nothing counts as gone.
  package var liveness = Liveness.near

  package init() {}
}

/// Optional abilities, agreed in the handshake.
package struct Capabilities: OptionSet, Sendable, Hashable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Bodies may come as zstd frames.
  package static let zstd = Capabilities(rawValue: 1)

  /// Bodies are sent only as far as credit reaches.
  package static let credit = Capabilities(rawValue: 2)

  package static let current: Capabilities = [.zstd, .credit]
}

/// Versions of the protocol that this release speaks.
package enum ProtocolVersion {
  package static let highest: UInt32 = 1
  package static let lowest: UInt32 = 1
  /// First bytes of a connection from the client.
  package static let preface: [UInt8] = Array("SLIPWAY".utf8) + [1]
}
