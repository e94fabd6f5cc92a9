import RPC
import SlipwaySupervisor
import SlipwayTool
import Synchronization
import Trust

/// A gateway that answers as a test says, and remembers what it was asked.
final class FakeGateway: Channel, GatewayConnecting, SupervisorLinks {
  /// A result, because the compiler crashes on a stored closure that throws a type.
  typealias Answer = @Sendable (any WireMessage) -> Result<any WireMessage, RPCError>

  private let answers = Mutex<[String: Answer]>([:])
  private let asked = Mutex<[String]>([])
  private let keys = Mutex<[String]>([])
  private let authorities = Mutex<[String?]>([])

  /// Names of the methods that were called, in order.
  var calls: [String] { asked.withLock { $0 } }
  /// `endpoint key` of each connection.
  var connections: [String] { keys.withLock { $0 } }

  /// File of the authority of each connection.
  var authorityFiles: [String?] { authorities.withLock { $0 } }

  func on<Request, Response>(
    _ method: Method<Request, Response>,
    _ answer: @escaping @Sendable (Request) throws(RPCError) -> Response
  ) {
    let stored: Answer = { request in
      guard let request = request as? Request else {
        return .failure(RPCError(.internalError, "another request than the method's"))
      }
      do throws(RPCError) {
        return .success(try answer(request))
      } catch {
        return .failure(error)
      }
    }
    answers.withLock { $0[method.descriptor.name] = stored }
  }

  func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    let name = method.descriptor.name
    asked.withLock { $0.append(String(name.split(separator: "/").last ?? "")) }
    guard let answer = answers.withLock({ $0[name] }),
      let response = try answer(request).get() as? Response
    else { throw RPCError(.unimplemented, "no answer to `\(name)`") }
    return response
  }

  func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    throw RPCError(.unimplemented, "no streams here")
  }

  func gateway(
    at endpoint: String, key: String, state: StateDirectory?, authority: String?
  ) async throws(RPCError) -> any Channel {
    authorities.withLock { $0.append(authority) }
    keys.withLock { $0.append("\(endpoint) \(key)") }
    return self
  }

  func listenFault(at endpoint: String) async -> String? { nil }

  func isReady(
    _ role: ServiceRole, at endpoint: String, state: StateDirectory, certificates: String?
  ) async -> Bool {
    true
  }

  func registry(
    at endpoint: String, state: StateDirectory, certificates: String?
  ) async throws(RPCError) -> any Channel {
    self
  }
}
