import RPCTestKit
import Testing
import Wire

@testable import RPC

/// Takes the server along every arrow of its diagrams in PROTOCOL.md.
@Suite struct ServerDiagramTests {
  typealias Arrow = StateDiagram.Arrow

  // MARK: The handshake

  @Test func `the diagram of the server's handshake names what can happen`() {
    let anywhere = ["5 s", "drain", "client closes"]
    let between = ["unknown control frame", "other frame", "broken frame"] + anywhere
    StateDiagram.expectEvents(
      "server handshake",
      [
        "AwaitingPreface": ["preface", "other bytes"] + anywhere,
        "AwaitingHello": [
          "hello", "hello without a common version", "hello out of its limits",
        ] + between,
        "AwaitingProof": ["proof", "proof that does not hold"] + between,
      ])
  }

  @Test(arguments: StateDiagram.arrows(of: "server handshake"))
  func `the server's handshake goes where its diagram says`(arrow: Arrow) async throws {
    let before: [String: [UInt8]] = [
      "AwaitingPreface": [], "AwaitingHello": RawFrames.preface,
      "AwaitingProof": RawFrames.preface + RawFrames.hello(),
    ]
    for input in handshakeInputs(arrow) {
      let server = ServerUnderDiagram()
      await server.take(.bytes(try #require(before[arrow.from])))
      #expect(await server.state == arrow.from)
      try await expect(arrow, of: server, input)
      #expect(await server.state == arrow.to, "\(input)")
    }
  }

  private func handshakeInputs(_ arrow: Arrow) -> [DiagramInput] {
    switch arrow.event {
    case "preface": [.bytes(RawFrames.preface)]
    case "other bytes": [.bytes(Array("GET / HT".utf8)), .bytes(Array("SLIPWAY".utf8) + [2])]
    case "hello":
      [.bytes(RawFrames.hello()), .bytes(RawFrames.hello(version: 9, capabilities: .max))]
    case "hello without a common version":
      [
        .bytes(RawFrames.hello(version: 9, versionMin: 2)),
        .bytes(RawFrames.hello(version: 0, versionMin: 0)),
      ]
    case "hello out of its limits":
      [
        .bytes(RawFrames.hello(nonceByteCount: 31)),
        .bytes(RawFrames.hello(frameBytesMax: 16_383)),
      ]
    case "proof": [.bytes(RawFrames.proof("key-admin"))]
    case "proof that does not hold":
      [.bytes(RawFrames.proof("")), .bytes(RawFrames.proof("other"))]
    case "other frame":
      DiagramInput.frames(
        FrameKind.allCases.filter { $0 != (arrow.from == "AwaitingHello" ? .hello : .proof) })
    case "5 s": [.time(.seconds(5))]
    default: shared(arrow.event)
    }
  }

  // MARK: The connection

  @Test func `the diagram of the server's connection names what can happen`() {
    let always = [
      "call", "ping", "late frame", "unknown control frame", "frame of a server", "broken frame",
      "client closes", "client leaves",
    ]
    StateDiagram.expectEvents(
      "server connection",
      ["Ready": always + ["drain"], "Draining": always + ["1 s without calls"]])
  }

  @Test(arguments: StateDiagram.arrows(of: "server connection"))
  func `the server's connection goes where its diagram says`(arrow: Arrow) async throws {
    for input in connectionInputs(arrow) {
      let server = ServerUnderDiagram()
      await server.take(.bytes(Self.signedIn()))
      if arrow.from == "Draining" { await server.take(.drain) }
      #expect(await server.state == arrow.from)
      try await expect(arrow, of: server, input)
      #expect(await server.state == arrow.to, "\(input)")
    }
  }

  private func connectionInputs(_ arrow: Arrow) -> [DiagramInput] {
    switch arrow.event {
    case "call":
      [.bytes(RawFrames.call(TestService.API.inline, of: TestService(), stream: 5))]
    case "ping": [.frame(.ping, head: [1, 2, 3])]
    case "late frame":
      DiagramInput.frames([.message, .cancel, .credit], stream: 77)
        + DiagramInput.frames([.pong, .credit])
    case "client leaves": DiagramInput.frames([.goAway])
    case "frame of a server":
      DiagramInput.frames([.end, .hello, .welcome, .proof, .ready, .assertion])
    case "1 s without calls": [.time(.seconds(1))]
    default: shared(arrow.event)
    }
  }

  // MARK: A stream

  @Test func `the diagram of the server's stream names what can happen`() {
    StateDiagram.expectEvents(
      "server stream",
      [
        "Idle": [
          "whole call", "call with more to come", "call of a request stream",
          "call that is refused", "message", "cancel", "credit",
        ],
        "Receiving": [
          "message with more to come", "last message", "early answer", "message without credit",
          "cancel", "deadline", "call",
        ],
        "Working": ["answer", "answers", "cancel", "deadline", "message", "call"],
      ])
  }

  @Test(arguments: StateDiagram.arrows(of: "server stream"))
  func `the server's stream goes where its diagram says`(arrow: Arrow) async throws {
    var settings = ConnectionSettings()
    if arrow.event == "message without credit" { settings.streamCredit = 1 }
    let server = ServerUnderDiagram(settings: settings)
    // Answers of more than one message wait for credit, so that there is a time before them.
    await server.take(.bytes(Self.signedIn(credit: arrow.event == "answers" ? 0 : 1 << 20)))
    await server.take(.bytes(streamBefore(arrow)))
    #expect(await server.state(of: 5) == arrow.from)
    try await expect(arrow, of: server, try #require(streamInput(arrow)))
    #expect(await server.state(of: 5) == arrow.to)
  }

  /// What brings stream 5 to the arrow's first state.
  private func streamBefore(_ arrow: Arrow) -> [UInt8] {
    switch (arrow.from, arrow.event) {
    case ("Receiving", "early answer"): call(TestService.API.sum, flags: [], body: [])
    case ("Receiving", "message without credit"): call(TestService.API.deaf, flags: [])
    case ("Receiving", _): call(TestService.API.gate, flags: .more)
    case ("Working", "answers"): call(TestService.API.count, body: Array("2".utf8))
    case ("Working", _): call(TestService.API.gate)
    default: []
    }
  }

  private func streamInput(_ arrow: Arrow) -> DiagramInput? {
    switch arrow.event {
    case "whole call", "call": .bytes(call(TestService.API.gate))
    case "call with more to come": .bytes(call(TestService.API.gate, flags: .more))
    case "call of a request stream": .bytes(call(TestService.API.deaf, flags: [], body: []))
    case "call that is refused": .bytes(call(TestService.API.missing))
    case "message", "message without credit", "last message":
      .bytes(RawFrames.frame(.message, flags: .end, stream: 5, body: [1]))
    case "message with more to come":
      .bytes(RawFrames.frame(.message, flags: .more, stream: 5, body: [1]))
    case "early answer": .bytes(RawFrames.frame(.message, stream: 5, body: Array("stop".utf8)))
    case "cancel": .frame(.cancel, stream: 5)
    case "credit": .frame(.credit, stream: 5, head: CreditHead.encode(1))
    case "deadline": .time(.seconds(1))
    case "answer": .gateOpens
    case "answers":
      .bytes(
        RawFrames.frame(.credit, head: CreditHead.encode(1 << 20))
          + RawFrames.frame(.credit, stream: 5, head: CreditHead.encode(1 << 20)))
    default: nil
    }
  }

  private func call(
    _ method: Method<Blob, Blob>, flags: FrameFlags = .end, body: [UInt8] = [120]
  ) -> [UInt8] {
    RawFrames.call(
      method, of: TestService(), stream: 5, flags: flags, timeoutNanoseconds: 1_000_000_000,
      body: body)
  }

  // MARK: All of them

  private static func signedIn(credit: UInt64 = 1 << 20) -> [UInt8] {
    RawFrames.preface + RawFrames.hello(capabilities: 3, credit: credit)
      + RawFrames.proof("key-admin")
  }

  private func shared(_ event: String) -> [DiagramInput] {
    switch event {
    case "unknown control frame": return [.unknownControl]
    case "broken frame": return DiagramInput.broken
    case "drain": return [.drain]
    case "client closes": return [.peerCloses]
    default:
      Issue.record("no test knows the event `\(event)`")
      return []
    }
  }

  private func expect(
    _ arrow: Arrow, of server: ServerUnderDiagram, _ input: DiagramInput
  ) async throws {
    let before = await server.sent()
    await server.take(input)
    await server.wait { await server.sent().count >= before.count + arrow.replies.count }
    #expect(Array(await server.sent().dropFirst(before.count)) == arrow.replies, "\(input)")
  }
}
