import Foundation
import RPCTestKit
import Wire

@testable import RPC

/// What the two sides of one connection have said, long ago.
struct RecordedSession: Sendable {
  enum Side: String, Sendable {
    case client, server
  }

  struct Entry: Sendable {
    var side: Side
    var bytes: [UInt8]

    /// `nil` for the preface.
    var frame: ReceivedFrame? { ReceivedFrame.all(in: bytes).first }
  }

  var entries: [Entry] = []

  /// The session of this name in a file of Tests/Golden/Wire.
  init(_ name: String, in file: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Golden/Wire/\(file)")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    guard let start = lines.firstIndex(of: "# session \(name)") else { return }
    for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("#") }) {
      let words = line.split(separator: " ")
      if let side = Side(rawValue: String(words[0])) {
        entries.append(Entry(side: side, bytes: []))
      } else {
        entries[entries.count - 1].bytes += Self.bytes(line)
      }
    }
  }

  private static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
  }

  /// The server's table of methods.
  var methods: [String] {
    let ready = entries.compactMap(\.frame).first { $0.kind == .ready }
    return (ready?.fields[list: 1] ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A control frame of a kind that nobody knows before each entry but the client's preface.
  var withUnknownFrames: RecordedSession {
    var copy = self
    for index in entries.indices.dropFirst() {
      copy.entries[index].bytes = Self.unknown + entries[index].bytes
    }
    return copy
  }

  private static let unknown: [UInt8] =
    [3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF, 1, 2, 3]
}

extension ReceivedFrame {
  var fields: HandshakeHead {
    head.withRawSpan { try? HandshakeHead(decoding: $0) } ?? HandshakeHead()
  }

  /// What must be the same in a session of another release: all but what it may choose, such as nonces, the
  /// places of methods and whether a body is compressed. A call names its method.
  func essence(methods: [String]) -> Essence {
    var fields = fields
    var names: Set<String> = []
    switch kind {
    case .hello:
      fields[bytes: 5] = []
      fields[integer: 3] &= Capabilities.zstd.rawValue
    case .welcome: fields[bytes: 4] = []
    case .ready:
      // A release may have more methods.
      fields = HandshakeHead()
    case .call:
      names = [methods[Int(fields[integer: 1])]]
      fields[integer: 1] = 0
    default: break
    }
    return Essence(
      kind: kind, flags: flags.subtracting(.compressed), stream: stream, fields: fields,
      names: names, body: inflated)
  }

  struct Essence: Hashable {
    var kind: FrameKind
    var flags: FrameFlags
    var stream: UInt32
    var fields: HandshakeHead
    var names: Set<String>
    var body: [UInt8]
  }

  private var inflated: [UInt8] {
    guard flags.contains(.compressed) else { return body }
    let inflated = body.withRawSpan { body in
      try? FrameCompression().decompress(body, byteCount: bodyByteCount)
    }
    return inflated ?? []
  }
}
