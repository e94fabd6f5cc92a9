internal import NIOCore
internal import NIOPosix
package import RPC

/// Whether an address can be listened on.
package enum ListenProbe {
  /// Listens and lets go at once.
  ///
  /// - Throws: what ``ListenFailure`` says.
  package static func check(host: String, port: Int) async throws(RPCError) {
    do {
      let listener = try await ServerBootstrap(group: EventLoopLinks.shared.group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { $0.close() }
        .bind(host: host, port: port).get()
      try await listener.close().get()
    } catch {
      throw ListenFailure.explain(error, host: host, port: port)
    }
  }
}
