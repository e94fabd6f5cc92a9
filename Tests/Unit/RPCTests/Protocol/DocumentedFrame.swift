import Wire

@testable import RPC

/// A `frame` block of PROTOCOL.md, held against the codec.
struct DocumentedFrame {
  private let block: ProtocolDocument.Block
  private let decoding: FrameDecoding

  init(_ block: ProtocolDocument.Block) {
    self.block = block
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    decoding = block.bytes.withRawSpan { decoder.decode($0) }
  }

  /// What the codec makes of the bytes that the document does not say; nothing if they agree.
  var faults: [String] {
    guard case .frame(let header, let byteCount) = decoding else { return notWholeFaults }
    guard byteCount == block.bytes.count else { return ["a frame of \(byteCount) bytes"] }
    var rest = block.outcomes[...]
    var faults: [String] = []
    if rest.popFirst() != Self.said(header) { faults.append(Self.said(header)) }
    let encoded = [UInt8](byteCount: WireLimits.headerByteCount) { header.encode(into: &$0) }
    if encoded != Array(block.bytes.prefix(WireLimits.headerByteCount)) {
      faults.append("encodes to \(encoded)")
    }
    let payload = block.bytes.dropFirst(WireLimits.headerByteCount)
    let head = Array(payload.prefix(header.headByteCount))
    if !head.isEmpty { faults += Self.faults(inHead: head, rest.popFirst() ?? "") }
    let body = Array(payload.dropFirst(header.headByteCount))
    if header.flags.contains(.compressed) {
      if rest.popFirst() != "wire " + Self.hex(body) { faults.append("wire \(Self.hex(body))") }
    }
    if !body.isEmpty { faults += Self.faults(in: body, of: header, rest.popFirst() ?? "") }
    return faults + rest.map { "`\($0)` says nothing of it" }
  }

  private var notWholeFaults: [String] {
    let bytes = block.bytes
    guard bytes.count >= WireLimits.headerByteCount else { return ["no header"] }
    let outcome =
      switch decoding {
      case .ignorable(let byteCount): "ignorable \(byteCount)"
      case .incomplete(let needed): "incomplete \(needed)"
      case .malformed(let error): "malformed: \(Self.words(error))"
      case .frame: "frame"
      }
    var said = [outcome, bytes.withRawSpan { Self.rawHeader($0) }]
    let payload = Array(bytes.dropFirst(WireLimits.headerByteCount))
    if !payload.isEmpty { said.append("payload " + Self.hex(payload)) }
    return said == block.outcomes ? [] : said
  }

  /// The header of a whole frame in the document's words.
  private static func said(_ header: FrameHeader) -> String {
    var flags: [String] = []
    if header.flags.contains(.compressed) { flags.append("compressed") }
    if header.flags.contains(.more) { flags.append("more") }
    if header.flags.contains(.end) { flags.append("end") }
    let wireBody = header.payloadByteCount - header.headByteCount
    return "\(header.kind) stream=\(header.stream) flags="
      + (flags.isEmpty ? "-" : flags.joined(separator: ","))
      + " head=\(header.headByteCount) body=\(wireBody) inflated=\(header.bodyByteCount)"
  }

  private static func rawHeader(_ bytes: RawSpan) -> String {
    "header payload=\(bytes.littleEndian(at: 0, as: UInt32.self))"
      + " inflated=\(bytes.littleEndian(at: 4, as: UInt32.self))"
      + " stream=\(bytes.littleEndian(at: 8, as: UInt32.self))"
      + " head=\(bytes.littleEndian(at: 12, as: UInt16.self))"
      + " kind=\(hex([bytes.byte(at: 14)])) flags=\(hex([bytes.byte(at: 15)]))"
  }

  private static func words(_ error: WireError) -> String {
    switch error {
    case .payloadTooLarge: "payload over the limit"
    case .headLongerThanPayload: "head longer than the payload"
    case .unknownKind: "unknown kind"
    case .unknownFlags: "unknown flag"
    case .emptyCompressedBody: "compressed, but no body"
    case .bodyTooLarge: "body over the limit"
    case .bodyLengthMismatch: "body not as long as it says"
    default: "\(error)"
    }
  }

  /// A head is said byte by byte, or by its fields in their order.
  private static func faults(inHead head: [UInt8], _ outcome: String) -> [String] {
    if outcome.hasPrefix("head ") {
      return outcome == "head " + hex(head) ? [] : ["head \(hex(head))"]
    }
    let fields = DocumentedFields(outcome)
    return fields.encoded == head ? [] : ["`\(outcome)` is \(hex(fields.encoded))"]
  }

  private static func faults(
    in body: [UInt8], of header: FrameHeader, _ outcome: String
  ) -> [String] {
    var inflated = body
    if header.flags.contains(.compressed) {
      do {
        inflated = try body.withRawSpan { body throws(WireError) in
          try FrameCompression().decompress(body, byteCount: header.bodyByteCount)
        }
      } catch {
        return ["\(error)"]
      }
    }
    return outcome == "body " + text(inflated) ? [] : ["body \(text(inflated))"]
  }

  private static func text(_ body: [UInt8]) -> String {
    let first = Array(body.prefix(1))
    let isOneByte = body.count > 64 && body.allSatisfy { [$0] == first }
    let text = String(decoding: isOneByte ? first : body, as: UTF8.self)
    return isOneByte ? "\(body.count) times \"\(text)\"" : "\"\(text)\""
  }

  static func hex(_ bytes: [UInt8]) -> String {
    "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// The fields of a head as the document writes them, such as `1=1 4="client" 5=0x00`.
struct DocumentedFields {
  /// In the order of the document; the protocol has none.
  private(set) var encoded: [UInt8] = []

  init(_ text: String) {
    for match in text.matches(of: /(\d+)=("[^"]*"|0x[0-9a-f]+|\d+)/) {
      guard let field = UInt8(match.output.1) else { continue }
      let value = String(match.output.2)
      if value.hasPrefix("\"") {
        add(Array(value.dropFirst().dropLast().utf8), field)
      } else if value.hasPrefix("0x") {
        let digits = Array(value.dropFirst(2))
        add(
          stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
          }, field)
      } else if let integer = UInt64(value) {
        encoded += [UInt8](byteCount: ProtobufWriter.byteCount(integer)) {
          ProtobufWriter.write(integer, field: field, into: &$0)
        }
      }
    }
  }

  private mutating func add(_ bytes: [UInt8], _ field: UInt8) {
    encoded += [UInt8](byteCount: ProtobufWriter.byteCount(bytes: bytes.count)) {
      ProtobufWriter.write(bytes, field: field, into: &$0)
    }
  }
}
