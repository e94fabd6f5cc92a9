internal import Base
internal import Contracts
package import RPC
internal import Synchronization
internal import Wire

/// Passes calls on as bytes: inference to a worker of the version, the registry's methods to the registry.
///
/// Bodies are neither inflated nor decoded. What routing needs stands in the call's head.
package final class Forwarder: Sendable {
  let routes: RouteBook
  let usage: UsageMeter
  let latency: LatencyRecorder
  let accessLog: AccessLog
  let held = HeldRequests(max: HeldRequests.gatewayMax)
  let now: @Sendable () -> Int64
  private let loops: [ObjectIdentifier: LoopState]
  private let registryAddress: String
  private let voucher: CallerVoucher
  private let requestNumber = Atomic<UInt64>(0)
  private let requestPrefix: [UInt8]

  /// - Parameters:
  ///   - loops: one for each event loop that serves clients.
  ///   - registryAddress: `host:port`.
  ///   - now: wall time, nanoseconds since 1970.
  package init(
    routes: RouteBook, usage: UsageMeter, latency: LatencyRecorder, accessLog: AccessLog,
    loops: [(any ConnectionLoop, LoopState)], registryAddress: String, voucher: CallerVoucher,
    now: @escaping @Sendable () -> Int64
  ) {
    self.routes = routes
    self.usage = usage
    self.latency = latency
    self.accessLog = accessLog
    self.loops = Dictionary(
      uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.0), $0.1) })
    self.registryAddress = registryAddress
    self.voucher = voucher
    self.now = now
    requestPrefix = Array(String(UInt32.random(in: .min ... .max), radix: 16).utf8) + [0x2D]
  }

  /// Takes a call to a model.
  package func forwardInference(
    _ connection: isolated ServerConnection, _ call: borrowing CallView, _ method: MethodDescriptor
  ) -> (any InboundStream)? {
    do throws(RPCError) {
      let (holder, loop) = try caller(of: connection)
      guard let model = call.model.text(), let version = call.version.text() else {
        throw RPCError(.invalidArgument, "model and version in a call's head must be UTF-8 text")
      }
      let route = try resolve(
        call, model: model, version: version, scope: holder.models, loop: loop)
      let monotonic = Int64(clamping: call.receivedAt.nanoseconds)
      if let refusal = holder.limiter.admit(nowNanoseconds: monotonic).rpcError {
        usage.add(
          UsageCount(refused: 1), to: UsageCell(keyID: holder.id, model: model),
          stripe: loop.stripe)
        throw refusal
      }
      let forwarded = ForwardedCall(
        forwarder: self, loop: loop, caller: connection, stream: call.stream, holder: holder,
        method: method, destination: .version(route, model: model), head: head(of: call),
        receivedAt: call.receivedAt, deadline: call.deadline)
      forwarded.begin(call, on: connection)
      return forwarded
    } catch {
      connection.fail(call.stream, error)
      return nil
    }
  }

  /// Takes a call to the registry, made on behalf of the key's principal.
  package func forwardToRegistry(
    _ connection: isolated ServerConnection, _ call: borrowing CallView, _ method: MethodDescriptor
  ) -> (any InboundStream)? {
    do throws(RPCError) {
      let (holder, loop) = try caller(of: connection)
      var head = head(of: call)
      head.assertion = try voucher.assertion(for: holder, now: now())
      let monotonic = Int64(clamping: call.receivedAt.nanoseconds)
      if let refusal = holder.counts.serviceLimiter.admit(nowNanoseconds: monotonic).rpcError {
        throw refusal
      }
      let forwarded = ForwardedCall(
        forwarder: self, loop: loop, caller: connection, stream: call.stream, holder: holder,
        method: method, destination: .service(address: registryAddress, role: "registry"),
        head: head, receivedAt: call.receivedAt, deadline: call.deadline)
      forwarded.begin(call, on: connection)
      return forwarded
    } catch {
      connection.fail(call.stream, error)
      return nil
    }
  }

  /// Whose call it is; ``KeyAdmission`` has seen that the key is good.
  private func caller(
    of connection: isolated ServerConnection
  ) throws(RPCError) -> (KeyHolder, LoopState) {
    guard case .principal(let principal)? = connection.peer,
      let holder = principal.session as? KeyHolder
    else { throw KeyRing.refusal }
    guard let loop = loops[ObjectIdentifier(connection.loop)] else {
      throw RPCError(.internalError, "the gateway has no upstream connections on this loop")
    }
    return (holder, loop)
  }

  private func resolve(
    _ call: borrowing CallView, model: String, version: String, scope: ModelScope,
    loop: LoopState
  ) throws(RPCError) -> Route {
    let key = call.routingKey.array()
    let hasSynced = routes.hasSynced
    return try loop.withRouting { (routing) throws(RPCError) in
      let table = routing.routes.table()
      do throws(RouteError) {
        return try table.resolve(
          model: model, version: version, scope: scope, routingKey: key.span,
          random: &routing.random)
      } catch .modelNotFound where !hasSynced {
        throw RouteError.notSynced.rpcError
      } catch {
        throw error.rpcError
      }
    }
  }

  private func head(of call: borrowing CallView) -> CallOptions {
    var options = CallOptions(timeout: nil)
    options.metadata.traceparent = call.traceparent
    options.metadata.priority = call.head.priority
    options.metadata.repetition = call.head.repetition
    options.metadata.requestID = call.requestID.array()
    if options.metadata.requestID.isEmpty {
      let number = requestNumber.wrappingAdd(1, ordering: .relaxed).newValue
      options.metadata.requestID = requestPrefix + Array(String(number, radix: 16).utf8)
    }
    return options
  }
}
