import Foundation
import Testing
import Trust
import Wire

@testable import RPC

/// Executes the byte tables of PROTOCOL.md.
@Suite struct ProtocolDocumentTests {
  typealias Block = ProtocolDocument.Block

  @Test func `every kind of frame and every outcome has its bytes in the document`() {
    let first = ProtocolDocument.blocks.map { $0.outcomes.first ?? "" }
    for kind in FrameKind.allCases {
      #expect(first.contains { $0.hasPrefix("\(kind) ") }, "`\(kind)` is missing")
    }
    for outcome in ["malformed", "incomplete", "ignorable"] {
      #expect(first.contains { $0.hasPrefix(outcome) })
    }
    #expect(ProtocolDocument.blocks.count >= 28)
  }

  @Test(arguments: ProtocolDocument.frames)
  func `documented bytes are what the document says, and encode to the same bytes`(
    block: Block
  ) throws {
    #expect(DocumentedFrame(block).faults == [])
    try checkHead(of: block)
  }

  @Test(arguments: ProtocolDocument.blocks)
  func `a document with any other bit is found out`(block: Block) throws {
    for index in block.bytes.indices {
      for bit in 0..<8 {
        let flipped = block.flipped(bit: bit, ofByte: index)
        let isFoundOut =
          switch block.kind {
          case "preface": flipped.bytes != ProtocolVersion.preface
          case "transcript": flipped.bytes != (try transcript())
          default: !DocumentedFrame(flipped).faults.isEmpty
          }
        #expect(isFoundOut, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test func `the preface is the documented one`() {
    let block = ProtocolDocument.blocks.first { $0.kind == "preface" }
    #expect(block?.bytes == ProtocolVersion.preface)
  }

  @Test func `the signed transcript is the documented one`() throws {
    let block = try #require(ProtocolDocument.blocks.first { $0.kind == "transcript" })
    #expect(try transcript() == block.bytes)
  }

  @Test func `the tables of kinds, flags, header and codes are what the codec has`() {
    let kinds = ProtocolDocument.table(["kind", "", "stream", "sent by", "head", "body"])
    #expect(
      kinds.map { "\($0[0]) \($0[1])" }
        == FrameKind.allCases.map { "\(DocumentedFrame.hex([$0.rawValue])) \($0)" })
    let flags = ProtocolDocument.table(["flag", "", "meaning"])
    #expect(
      flags.map { "\($0[0]) \($0[1])" } == ["0x01 compressed", "0x02 more", "0x04 end"])
    let offsets = ProtocolDocument.table(["offset", "size", "field"]).map { ($0[0], $0[1]) }
    #expect(
      offsets.map { "\($0.0)+\($0.1)" } == ["0+4", "4+4", "8+4", "12+2", "14+1", "15+1"])
    let codes = ProtocolDocument.table(["code", "name", "", "code", "name"])
    let pairs = codes.flatMap { [($0[0], $0[1]), ($0[3], $0[4])] }.filter { $0.0 != "" }
    #expect(
      Dictionary(uniqueKeysWithValues: pairs)
        == Dictionary(
          uniqueKeysWithValues: StatusCode.allCases.map { ("\($0.rawValue)", "\($0)") }))
  }

  private func transcript() throws -> [UInt8] {
    let client = try #require(HandshakeNonce(bytes: Array(0..<32)))
    let server = try #require(HandshakeNonce(bytes: Array(32..<64)))
    return try Trust.HandshakeTranscript(
      protocolVersion: 1, clientNonce: client, serverNonce: server,
      clientRole: "gateway", serverRole: .registry,
      listenerAddress: "127.0.0.1:7001"
    ).signedBytes(of: .client)
  }

  /// Compares what connections read of a head with what stands in it.
  private func checkHead(of block: Block) throws {
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    guard case .frame(let header, _) = block.bytes.withRawSpan({ decoder.decode($0) }),
      header.kind != .ping, header.kind != .pong
    else { return }
    let bytes = Array(
      block.bytes.dropFirst(WireLimits.headerByteCount).prefix(header.headByteCount))
    try bytes.withRawSpan { head in
      let fields = try HandshakeHead(decoding: head)
      switch header.kind {
      case .call:
        let call = try CallHead(decoding: head)
        #expect(UInt64(call.method) == fields[integer: 1])
        #expect(call.timeoutNanoseconds == fields[integer: 2])
        #expect(head.extracting(call.model).array() == fields[bytes: 4])
      case .end where !head.isEmpty:
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
}
