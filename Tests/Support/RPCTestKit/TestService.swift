package import Base
package import RPC
internal import Synchronization
internal import Wire

/// A service whose handlers do what tests ask for.
package struct TestService: Sendable {
  package let events = Events()
  package let finished = FinishedCalls()
  /// Lets the handlers of `gate` go on.
  package let gate = Events()

  package enum API {
    package static let echo = method("Echo")
    package static let fail = method("Fail")
    package static let wait = method("Wait")
    package static let stubborn = method("Stubborn")
    package static let gate = method("Gate")
    package static let big = method("Big")
    package static let who = method("Who")
    package static let count = method("Count", .serverStream)
    package static let flood = method("Flood", .serverStream)
    package static let sum = method("Sum", .clientStream)
    package static let chat = method("Chat", .twoWayStream)
    package static let deaf = method("Deaf", .twoWayStream)
    package static let adminOnly = method("AdminOnly", roles: ["admin"], peers: [])
    package static let registryOnly = method("RegistryOnly", roles: [], peers: ["registry"])
    package static let nobody = method("Nobody", roles: [], peers: [])
    package static let inline = method("Inline")
    package static let missing = method("Missing")

    private static func method(
      _ name: String, _ shape: MethodShape = .unary, roles: Set<String> = ["any"],
      peers: Set<String> = ["gateway"]
    ) -> Method<Blob, Blob> {
      Method(
        MethodDescriptor(
          name: "slipway.test.v1.Test/\(name)", shape: shape, effect: .safe, roles: roles,
          peers: peers))
    }
  }

  package init() {}

  package func core(
    role: String = "gateway", signature: [UInt8]? = nil, limits: ServerLimits = ServerLimits(),
    settings: ConnectionSettings = ConnectionSettings(),
    gates: [any CallGate] = [], observers: [any CallObserver] = [],
    connectionObserver: (any ConnectionObserver)? = nil
  ) -> ServerCore {
    ServerCore(
      router: router, authenticator: TestServerAuthenticator(role: role, signature: signature),
      gates: [RoleAdmission()] + gates, observers: [finished] + observers,
      connectionObserver: connectionObserver,
      assertionVerifier: TestAssertionVerifier(), settings: settings, limits: limits)
  }

  package var router: Router {
    var router = Router()
    router.unary(API.echo) { (request, _) async throws(RPCError) in request }
    router.unary(API.adminOnly) { (request, _) async throws(RPCError) in request }
    router.unary(API.registryOnly) { (request, _) async throws(RPCError) in request }
    router.unary(API.nobody) { (request, _) async throws(RPCError) in request }
    router.unary(API.fail) { (request, _) async throws(RPCError) -> Blob in
      throw RPCError(
        request.bytes.first.flatMap(StatusCode.init(rawValue:)) ?? .unknown,
        "the test asked for it",
        retryAfter: .milliseconds(1500), reference: "r-1")
    }
    router.unary(API.big) { (request, _) async throws(RPCError) in .noise(Int(request.text) ?? 0) }
    router.unary(API.who) { (_, context) async throws(RPCError) in
      Blob(
        [
          context.peer.name, context.caller?.principal ?? "-", context.model, context.version,
          context.requestID, context.traceparent?.description ?? "-", "\(context.priority)",
        ].joined(separator: "|"))
    }
    router.unary(API.wait) { [events] (_, _) async throws(RPCError) -> Blob in
      events.send("waiting")
      // Ends when its task is cancelled, and not before.
      _ = await Events().next()
      events.send(Task.isCancelled ? "cancelled" : "not cancelled")
      throw RPCError(.cancelled, "the handler was cancelled")
    }
    router.unary(API.gate) { [events, gate] (request, _) async throws(RPCError) in
      events.send("at the gate")
      _ = await gate.next()
      return request
    }
    router.unary(API.stubborn) { [events, stubborn] (request, _) async throws(RPCError) in
      events.send("began")
      await withCheckedContinuation { stubborn.hold($0) }
      events.send("ended")
      return request
    }
    router.serverStream(API.count) { (request, _, writer) async throws(RPCError) in
      for number in 0..<(Int(request.text) ?? 0) { try await writer.write(Blob("\(number)")) }
    }
    router.serverStream(API.flood) { [events] (_, _, writer) async throws(RPCError) in
      let part = Blob.noise(64 * 1024)
      for number in 0..<(1 << 20) {
        do throws(RPCError) {
          try await writer.write(part)
        } catch {
          events.send("flood ended with \(error.code)")
          throw error
        }
        if number == 0 { events.send("flood began") }
      }
    }
    router.clientStream(API.sum) { (requests, _) async throws(RPCError) in
      var sum = 0
      for try await request in requests {
        if request.text == "stop" { break }
        sum += Int(request.text) ?? request.bytes.count
      }
      return Blob("\(sum)")
    }
    router.twoWayStream(API.chat) { (requests, _, writer) async throws(RPCError) in
      for try await request in requests { try await writer.write(request) }
    }
    router.twoWayStream(API.deaf) { [events, gate] (requests, _, writer) async throws(RPCError) in
      events.send("hears nothing")
      _ = await gate.next()
      for try await request in requests { try await writer.write(request) }
    }
    router.synchronous(API.inline.descriptor) { connection, call in
      let stream = call.stream
      do throws(RPCError) {
        try connection.withInflated(
          call.body, flags: call.flags, byteCount: call.bodyByteCount
        ) { body throws(RPCError) in
          connection.respond(to: stream, byteCount: body.byteCount) { $0.append(contentsOf: body) }
        }
      } catch {
        connection.fail(stream, error)
      }
    }
    return router
  }

  /// Handlers that don't listen when they are cancelled.
  package let stubborn = Held()
}

/// Continuations that a test resumes.
package final class Held: Sendable {
  private let held = Mutex<[CheckedContinuation<Void, Never>]>([])

  package func hold(_ continuation: CheckedContinuation<Void, Never>) {
    held.withLock { $0.append(continuation) }
  }

  package func releaseAll() {
    let all = held.withLock { held in
      defer { held = [] }
      return held
    }
    for continuation in all { continuation.resume() }
  }
}

/// Remembers how calls ended.
package final class FinishedCalls: CallObserver {
  private let calls = Mutex<[(method: MethodDescriptor, call: FinishedCall)]>([])

  package init() {}

  package func finished(
    _ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant
  ) {
    self.calls.withLock { all in all += calls.map { (methods[$0.method], $0) } }
  }

  package var all: [FinishedCall] { calls.withLock { $0.map(\.call) } }

  /// The last part of each method's name, with its status.
  package var summary: [String] {
    calls.withLock { calls in
      calls.map { "\($0.method.name.split(separator: "/").last ?? "") \($0.call.status)" }
    }
  }
}
