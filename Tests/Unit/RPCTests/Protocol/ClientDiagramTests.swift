import RPCTestKit
import Testing
import Wire

@testable import RPC

/// Takes the client along every arrow of its diagrams in PROTOCOL.md.
@Suite struct ClientDiagramTests {
  typealias Arrow = StateDiagram.Arrow
  typealias Client = ClientUnderDiagram

  /// The id of a connection's first call.
  private static let first: UInt32 = 1 << 18

  // MARK: The handshake

  @Test func `the diagram of the client's handshake names what can happen`() {
    let anywhere = [
      "welcome", "unknown control frame", "ready", "goAway", "broken frame", "5 s",
      "server closes",
    ]
    StateDiagram.expectEvents(
      "client handshake",
      ["AwaitingWelcome": anywhere + ["welcome that does not hold"], "AwaitingReady": anywhere])
  }

  @Test(arguments: StateDiagram.arrows(of: "client handshake"))
  func `the client's handshake goes where its diagram says`(arrow: Arrow) async throws {
    for input in handshakeInputs(arrow) {
      let client = Client()
      if arrow.from == "AwaitingReady" { await client.take(.bytes(Client.welcome())) }
      try await expect(arrow, of: client, input)
    }
  }

  private func handshakeInputs(_ arrow: Arrow) -> [DiagramInput] {
    switch arrow.event {
    case "welcome": [.bytes(Client.welcome())]
    case "welcome that does not hold":
      [
        .bytes(Client.welcome(version: 2)), .bytes(Client.welcome(signature: "server:gateway:")),
        .bytes(Client.welcome(address: "in-process:2")),
        .bytes(Client.welcome(frameBytesMax: 16_383)),
      ]
    case "ready": [.bytes(Client.ready)]
    case "goAway": [.bytes(Client.goAway(.ok)), .bytes(Client.goAway(.unauthenticated))]
    case "5 s": [.time(.seconds(5))]
    default: shared(arrow.event)
    }
  }

  // MARK: The connection

  @Test func `the diagram of the client's connection names what can happen`() {
    let always = [
      "ping", "late frame", "unknown control frame", "goAway with an error", "frame of a client",
      "frame of the handshake", "broken frame", "server closes",
    ]
    StateDiagram.expectEvents(
      "client connection",
      [
        "Ready": always + ["goAway ok, calls in flight", "goAway ok, no calls"],
        "Retiring": always + ["last call ends"],
      ])
  }

  @Test(arguments: StateDiagram.arrows(of: "client connection"))
  func `the client's connection goes where its diagram says`(arrow: Arrow) async throws {
    for input in connectionInputs(arrow) {
      let client = await signedIn()
      let isBusy = arrow.from == "Retiring" || arrow.event == "goAway ok, calls in flight"
      if isBusy { await client.act { $0.startSilently(TestService.API.echo, timeout: nil) } }
      if arrow.from == "Retiring" { await client.take(.bytes(Client.goAway(.ok))) }
      try await expect(arrow, of: client, input)
    }
  }

  private func connectionInputs(_ arrow: Arrow) -> [DiagramInput] {
    switch arrow.event {
    case "ping": [.frame(.ping, head: [1, 2, 3])]
    case "late frame": DiagramInput.frames([.message, .end, .credit], stream: 77) + [.frame(.pong)]
    case "goAway ok, calls in flight", "goAway ok, no calls": [.bytes(Client.goAway(.ok))]
    case "goAway with an error": [.bytes(Client.goAway(.unavailable))]
    case "frame of a client":
      DiagramInput.frames([.call, .cancel, .hello, .proof, .assertion], stream: Self.first)
    case "frame of the handshake": [.bytes(Client.welcome()), .bytes(Client.ready)]
    case "last call ends": [.frame(.end, stream: Self.first)]
    default: shared(arrow.event)
    }
  }

  // MARK: A stream

  @Test func `the diagram of the client's stream names what can happen`() {
    let waiting = ["message", "end", "give up", "deadline"]
    StateDiagram.expectEvents(
      "client stream",
      [
        "Idle": ["start with a request", "start with a stream", "message", "end", "credit"],
        "Writing": waiting + ["write", "finish"],
        "Waiting": waiting,
      ])
  }

  @Test(arguments: StateDiagram.arrows(of: "client stream"), [true, false])
  func `the client's stream goes where its diagram says`(arrow: Arrow, isUnary: Bool) async throws {
    // A unary call is never written to, and starts as such.
    if isUnary, arrow.from == "Writing" || arrow.event == "start with a stream" { return }
    if !isUnary, arrow.event == "start with a request" { return }
    let client = await signedIn()
    if arrow.from != "Idle" { await start(client, isUnary: isUnary) }
    if arrow.from == "Waiting", !isUnary { await client.act { $0.finishRequest(Self.first) } }
    #expect(await client.state(of: Self.first, isUnary: isUnary) == arrow.from)
    let before = await client.sent()
    switch arrow.event {
    case "start with a request", "start with a stream": await start(client, isUnary: isUnary)
    case "write": await client.act { try? await $0.send(Blob("x"), on: Self.first) }
    case "finish": await client.act { $0.finishRequest(Self.first) }
    case "give up": await client.act { $0.cancel(Self.first) }
    case "deadline": await client.take(.time(.seconds(1)))
    case "message": await client.take(.frame(.message, stream: Self.first))
    case "end": await client.take(.frame(.end, stream: Self.first))
    case "credit":
      await client.take(.frame(.credit, stream: Self.first, head: CreditHead.encode(1)))
    default: Issue.record("no test knows the event `\(arrow.event)`")
    }
    #expect(Array(await client.sent().dropFirst(before.count)) == arrow.replies)
    #expect(await client.state(of: Self.first, isUnary: isUnary) == arrow.to)
    #expect(await client.state == "Ready")
  }

  private func start(_ client: Client, isUnary: Bool) async {
    await client.act {
      $0.startSilently(isUnary ? TestService.API.echo : TestService.API.sum, timeout: .seconds(1))
    }
  }

  // MARK: All of them

  private func signedIn() async -> Client {
    let client = Client()
    await client.take(.bytes(Client.welcome()))
    await client.take(.bytes(Client.ready))
    return client
  }

  private func shared(_ event: String) -> [DiagramInput] {
    switch event {
    case "unknown control frame": return [.unknownControl]
    case "broken frame": return DiagramInput.broken
    case "server closes": return [.peerCloses]
    default:
      Issue.record("no test knows the event `\(event)`")
      return []
    }
  }

  private func expect(_ arrow: Arrow, of client: Client, _ input: DiagramInput) async throws {
    #expect(await client.state == arrow.from)
    let before = await client.sent()
    await client.take(input)
    #expect(Array(await client.sent().dropFirst(before.count)) == arrow.replies, "\(input)")
    #expect(await client.state == arrow.to, "\(input)")
  }
}

extension ClientConnection {
  /// Starts a call, unary or with a stream for a request, as its method says.
  fileprivate func startSilently(_ method: Method<Blob, Blob>, timeout: Duration?) {
    let options = CallOptions(timeout: timeout)
    do throws(RPCError) {
      if method.descriptor.shape.streamsRequests {
        _ = try start(method.descriptor, options: options, receiver: SilentReceiver())
      } else {
        _ = try start(method.descriptor, Blob("x"), options: options, receiver: SilentReceiver())
      }
    } catch {
      Issue.record(error)
    }
  }
}
