import Contracts
import RPC
import Synchronization
import Trust

/// A registry's evidence, chunks and leases in memory, with faults on demand.
final class FakeRegistry: Channel {
  struct State {
    var evidence = Registry.Evidence()
    /// By digest.
    var contents: [[UInt8]: [UInt8]] = [:]
    /// Errors for the next calls of a method, by the last part of its name; used up one by one.
    var faults: [String: [RPCError]] = [:]
    /// What a lease says.
    var leaseState = "serving"
    var leases: Set<String> = []
    /// Every call: the last part of its method's name.
    var calls: [String] = []
    var renewals: [Registry.RenewLeaseRequest] = []
    var offsets: [UInt64] = []
  }

  let state = Mutex(State())

  var calls: [String] { state.withLock { $0.calls } }

  func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    let verb = method.descriptor.name.split(separator: "/").last.map(String.init) ?? ""
    let result: Result<any Sendable, RPCError> = state.withLock { state in
      state.calls.append(verb)
      if var faults = state.faults[verb], !faults.isEmpty {
        let fault = faults.removeFirst()
        state.faults[verb] = faults
        return .failure(fault)
      }
      return Self.answer(to: request, &state)
    }
    guard let response = try result.get() as? Response else {
      throw RPCError(.unimplemented, "`\(verb)` is not faked")
    }
    return response
  }

  func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    throw RPCError(.unimplemented, "`\(method.descriptor.name)` is not faked")
  }

  private static func answer(
    to request: any Sendable, _ state: inout State
  ) -> Result<any Sendable, RPCError> {
    switch request {
    case is Registry.GetEvidenceRequest: return .success(state.evidence)
    case let request as Registry.GetChunkRequest:
      state.offsets.append(request.offset)
      guard let content = state.contents[request.sha256] else {
        return .failure(RPCError(.notFound, "no such artifact"))
      }
      let start = min(Int(request.offset), content.count)
      let end = min(start + Int(request.byteCountMax), content.count)
      return .success(
        Registry.GetChunkResponse(
          content: Array(content[start..<end]), byteCount: UInt64(content.count)))
    case let request as Registry.AcquireLeaseRequest:
      state.leases.insert(request.workerID)
      return .success(lease(request.workerID, state))
    case let request as Registry.RenewLeaseRequest:
      state.renewals.append(request)
      guard state.leases.contains(request.workerID) else {
        return .failure(RPCError(.notFound, "no lease: acquire one again"))
      }
      return .success(lease(request.workerID, state))
    case let request as Registry.ReleaseLeaseRequest:
      state.leases.remove(request.workerID)
      return .success(Registry.ReleaseLeaseResponse())
    default: return .failure(RPCError(.unimplemented, "not faked"))
    }
  }

  private static func lease(_ worker: String, _ state: State) -> Registry.Lease {
    Registry.Lease(
      workerID: worker, state: state.leaseState, acquiredAt: 0, expiresAt: 6_000_000_000)
  }
}
