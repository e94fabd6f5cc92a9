import Contracts
import RPC
import RPCTestKit
import Testing
import Wire

/// The heads that are read and written by hand, against the bridge made from wire.proto.
@Suite struct HeadTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `call heads are the same message to both`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var metadata = CallMetadata()
    metadata.traceparent = Bool.random(using: &chance) ? TraceParent() : nil
    metadata.model = Array("modèle \(seed)".utf8)
    metadata.version = seed % 3 == 0 ? [] : Array("\(seed)".utf8)
    metadata.priority = chance.number()
    metadata.routingKey = chance.bytes(0...256)
    metadata.assertionSlot = chance.number()
    metadata.requestID = Array("r-\(seed)".utf8)
    let ours = OutgoingCallHead(
      method: chance.number(), timeoutNanoseconds: chance.number(),
      assertionSlot: metadata.assertionSlot)
    let bytes = ours.encoded(metadata)
    let theirs = try WireHeads.CallHeader(decoding: bytes)
    #expect(theirs.method == ours.method, "seed \(seed)")
    #expect(theirs.timeoutNanoseconds == ours.timeoutNanoseconds, "seed \(seed)")
    #expect(theirs.traceparent == metadata.traceparent?.bytes ?? [], "seed \(seed)")
    #expect(Array(theirs.model.utf8) == metadata.model, "seed \(seed)")
    #expect(Array(theirs.version.utf8) == metadata.version, "seed \(seed)")
    #expect(theirs.priority == metadata.priority, "seed \(seed)")
    #expect(theirs.routingKey == metadata.routingKey, "seed \(seed)")
    #expect(theirs.assertionSlot == metadata.assertionSlot, "seed \(seed)")
    #expect(Array(theirs.requestID.utf8) == metadata.requestID, "seed \(seed)")
    try theirs.encodedBytes().withRawSpan { span throws(ProtobufError) in
      let head = try CallHead(decoding: span)
      #expect(head.method == ours.method && head.priority == metadata.priority, "seed \(seed)")
      #expect(head.timeoutNanoseconds == ours.timeoutNanoseconds, "seed \(seed)")
      #expect(span.extracting(head.model).array() == metadata.model, "seed \(seed)")
      #expect(span.extracting(head.routingKey).array() == metadata.routingKey, "seed \(seed)")
      #expect(span.extracting(head.requestID).array() == metadata.requestID, "seed \(seed)")
      #expect(head.assertionSlot == metadata.assertionSlot, "seed \(seed)")
    }
  }

  @Test(arguments: StatusCode.allCases)
  func `statuses are the same message to both`(code: StatusCode) throws {
    let error = RPCError(
      code, "what was `wrong` é", retryAfter: .milliseconds(5), reference: "r-7")
    let theirs = try WireHeads.Status(decoding: StatusHead.encode(error))
    #expect(theirs.code == UInt32(code.rawValue) && theirs.message == error.message)
    #expect(theirs.retryAfterNanoseconds == 5_000_000 && theirs.reference == "r-7")
    let again = try theirs.encodedBytes().withRawSpan { span throws(ProtobufError) in
      try StatusHead.decode(span)
    }
    #expect(again == (code == .ok ? nil : error))
  }

  @Test func `hello, welcome and ready are the same messages to both`() throws {
    var server = ServerHandshake(
      authenticator: TestServerAuthenticator(), settings: ConnectionSettings(), address: "a:1",
      security: .plain)
    try ProtocolVersion.preface.withRawSpan { span throws(WireError) in try server.preface(span) }
    let client = ClientHandshake(
      authenticator: TestClientAuthenticator.admin, settings: ConnectionSettings(), address: "a:1",
      security: .plain)
    let hello = try WireHeads.Hello(decoding: client.hello())
    #expect(hello.version == 1 && hello.role == "client" && hello.nonce.count == 32)
    #expect(hello.frameBytesMax == 1 << 20 && hello.capabilities == 3)
    let head = try hello.encodedBytes().withRawSpan { span throws(ProtobufError) in
      try HandshakeHead(decoding: span)
    }
    let welcome = try WireHeads.Welcome(decoding: server.welcome(to: head))
    #expect(welcome.role == "gateway" && welcome.address == "a:1" && welcome.nonce.count == 32)
    #expect(!welcome.signature.isEmpty && welcome.streamCredit == 4 << 20)
  }
}
