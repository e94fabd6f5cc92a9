internal import Foundation
internal import NIOCore
package import RPC

/// Why nothing can listen on an address, for whoever set it.
package enum ListenFailure {
  /// What a person is told of an error that resolving or binding an address ended with.
  package static func explain(_ error: any Error, host: String, port: Int) -> RPCError {
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    switch error {
    case let error as RPCError: return error
    case let error as IOError: return explain(error.errnoCode, host: host, address: address)
    case is SocketAddressError, is SocketAddressError.UnknownHost:
      return RPCError(
        .invalidArgument,
        "can't listen on `\(address)`: expected an IP address of this machine, or a name that has one"
      )
    default: return RPCError(.unavailable, "can't listen on `\(address)`: \(error)")
    }
  }

  private static func explain(_ code: CInt, host: String, address: String) -> RPCError {
    switch code {
    case EADDRINUSE:
      RPCError(
        .unavailable,
        "can't listen on `\(address)`: another process has the port; end it, or set another port")
    case EADDRNOTAVAIL:
      RPCError(
        .invalidArgument,
        "can't listen on `\(address)`: `\(host)` is no address of this machine; expected one that is"
      )
    case EACCES, EPERM:
      RPCError(
        .invalidArgument,
        "can't listen on `\(address)`: this user may not; expected a port from 1024 on")
    default: RPCError(.unavailable, "can't listen on `\(address)` (error \(code) of the system)")
    }
  }
}
