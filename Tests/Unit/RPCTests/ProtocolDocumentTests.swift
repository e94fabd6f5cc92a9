import Foundation
import Testing
import Trust
import Wire

@testable import RPC

/// Executes the byte tables of PROTOCOL.md.
@Suite struct ProtocolDocumentTests {
  struct Block: Sendable, CustomTestStringConvertible {
    var kind: String
    var bytes: [UInt8]
    var outcomes: [String]

    var testDescription: String { outcomes.first ?? "\(bytes)" }
  }

  static let blocks: [Block] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Shared/Wire/PROTOCOL.md")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.components(separatedBy: "\n```").compactMap(block)
  }()

  private static func block(_ section: String) -> Block? {
    var lines = section.split(separator: "\n").map(String.init)
    guard let kind = lines.first, ["frame", "preface", "transcript"].contains(kind) else {
      return nil
    }
    lines.removeFirst()
    let hex = lines.filter { !$0.hasPrefix("=>") }.joined(separator: " ")
    return Block(
      kind: kind, bytes: hex.split(separator: " ").compactMap { UInt8($0, radix: 16) },
      outcomes: lines.filter { $0.hasPrefix("=>") }.map { String($0.dropFirst(3)) })
  }

  static func frames(_ isWhole: Bool) -> [Block] {
    blocks.filter { $0.kind == "frame" && ($0.outcomes.first?.contains("stream=") == isWhole) }
  }

  @Test func `every kind of frame and every outcome has its bytes in the document`() {
    let first = Self.blocks.map { $0.outcomes.first ?? "" }
    for kind in FrameKind.allCases {
      #expect(first.contains { $0.hasPrefix("\(kind) ") }, "`\(kind)` is missing")
    }
    for outcome in ["malformed", "incomplete", "ignorable"] {
      #expect(first.contains { $0.hasPrefix(outcome) })
    }
    #expect(Self.blocks.count >= 28)
  }

  @Test(arguments: frames(true))
  func `a documented frame decodes to what the document says, and encodes to its bytes`(
    block: Block
  ) throws {
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    guard case .frame(let header, let byteCount) = block.bytes.withRawSpan({ decoder.decode($0) })
    else {
      Issue.record("not a whole frame")
      return
    }
    #expect(byteCount == block.bytes.count)
    var flags: [String] = []
    if header.flags.contains(.compressed) { flags.append("compressed") }
    if header.flags.contains(.more) { flags.append("more") }
    if header.flags.contains(.end) { flags.append("end") }
    let wireBody = header.payloadByteCount - header.headByteCount
    #expect(
      block.outcomes.first
        == "\(header.kind) stream=\(header.stream) flags="
        + (flags.isEmpty ? "-" : flags.joined(separator: ","))
        + " head=\(header.headByteCount) body=\(wireBody) inflated=\(header.bodyByteCount)")
    let encoded = [UInt8](byteCount: WireLimits.headerByteCount) { header.encode(into: &$0) }
    #expect(encoded == Array(block.bytes.prefix(WireLimits.headerByteCount)))
    let head = Array(block.bytes[16..<(16 + header.headByteCount)])
    if block.outcomes.count > 1 {
      try check(head, fields: block.outcomes[1])
      try checkDecoders(header.kind, head)
    }
    if header.flags.contains(.compressed) {
      let body = Array(block.bytes[(16 + header.headByteCount)...])
      let inflated = try body.withRawSpan { body throws(WireError) in
        try FrameCompression().decompress(body, byteCount: header.bodyByteCount)
      }
      #expect(inflated.count == header.bodyByteCount)
    }
  }

  /// Compares a head with text such as `1=1 4="client" 5=0x00`.
  private func check(_ bytes: [UInt8], fields text: String) throws {
    let head = try bytes.withRawSpan { span throws(ProtobufError) in
      try HandshakeHead(decoding: span)
    }
    var expected = HandshakeHead()
    var lists: [UInt8: [[UInt8]]] = [:]
    for match in text.matches(of: /(\d+)=("[^"]*"|0x[0-9a-f]+|\d+)/) {
      let field = try #require(UInt8(match.output.1))
      let value = String(match.output.2)
      if value.hasPrefix("\"") {
        lists[field, default: []].append(Array(value.dropFirst().dropLast().utf8))
      } else if value.hasPrefix("0x") {
        let digits = Array(value.dropFirst(2))
        lists[field, default: []].append(
          stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
          })
      } else {
        expected[integer: field] = try #require(UInt64(value))
      }
    }
    for (field, list) in lists { expected[list: field] = list }
    #expect(head == expected)
    // What we write reads the same; the order of fields is ours.
    let again = try expected.encoded().withRawSpan { span throws(ProtobufError) in
      try HandshakeHead(decoding: span)
    }
    #expect(again == expected)
  }

  /// Compares what connections read of a head with what stands in it.
  private func checkDecoders(_ kind: FrameKind, _ bytes: [UInt8]) throws {
    try bytes.withRawSpan { head in
      let fields = try HandshakeHead(decoding: head)
      switch kind {
      case .call:
        let call = try CallHead(decoding: head)
        #expect(UInt64(call.method) == fields[integer: 1])
        #expect(call.timeoutNanoseconds == fields[integer: 2])
        #expect(head.extracting(call.model).array() == fields[bytes: 4])
      case .end:
        let error = try StatusHead.decode(head)
        #expect(error.map { UInt64($0.code.rawValue) } == fields[integer: 1])
        #expect(error?.message == fields[text: 2])
        #expect(error?.retryAfter == .nanoseconds(Int64(fields[integer: 3])))
        #expect(error?.reference == fields[text: 4])
      case .credit: #expect(try CreditHead.decode(head) == Int(fields[integer: 1]))
      default: break
      }
    }
  }

  @Test(arguments: frames(false))
  func `a documented byte string that is no whole frame is what the document says`(block: Block) {
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    let decoding = block.bytes.withRawSpan { decoder.decode($0) }
    let text =
      switch decoding {
      case .ignorable(let byteCount): "ignorable \(byteCount)"
      case .incomplete(let needed): "incomplete \(needed)"
      case .malformed: "malformed"
      case .frame: "frame"
      }
    #expect(text == block.outcomes.first)
  }

  @Test func `the preface is the documented one`() {
    #expect(Self.blocks.first { $0.kind == "preface" }?.bytes == ProtocolVersion.preface)
  }

  @Test func `the signed transcript is the documented one`() throws {
    let block = try #require(Self.blocks.first { $0.kind == "transcript" })
    let client = try #require(HandshakeNonce(bytes: Array(0..<32)))
    let server = try #require(HandshakeNonce(bytes: Array(32..<64)))
    let transcript = try Trust.HandshakeTranscript(
      protocolVersion: 1, clientNonce: client, serverNonce: server,
      clientRole: "gateway", serverRole: .registry,
      listenerAddress: "127.0.0.1:7001")
    #expect(transcript.signedBytes(of: .client) == block.bytes)
  }
}
