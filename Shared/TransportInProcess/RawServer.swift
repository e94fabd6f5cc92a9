package import RPC
internal import Synchronization
internal import Wire

/// A client's connection whose server is no server but bytes: for what a server of ours would never send.
package final class RawServer: Sendable {
  package let client: ClientConnection
  private let toClient: BytePipe
  private let toServer: BytePipe
  private let received = Mutex(Received())

  private struct Received {
    var bytes: [UInt8] = []
    var isEnded = false
  }

  package init(
    loop: any ConnectionLoop, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), address: String = "in-process:1",
    compresses: Bool = false
  ) {
    let toClient = BytePipe(loop: loop, cuts: .none)
    let toServer = BytePipe(loop: loop, cuts: .none)
    let client = ClientConnection(
      loop: loop, sink: toServer, authenticator: authenticator, settings: settings,
      address: address, security: .plain, sameHost: !compresses, onRetired: { _ in })
    self.toClient = toClient
    self.toServer = toServer
    self.client = client
    loop.execute { [self] in
      toClient.reader = BytePipe.Reader(
        receive: { bytes in client.assumeIsolated { $0.receive(bytes) } },
        delivered: { client.assumeIsolated { $0.flush() } },
        mayRead: { true },
        ended: {
          toServer.close()
          client.assumeIsolated { $0.closed() }
        })
      toServer.reader = BytePipe.Reader(
        receive: { [self] bytes in
          received.withLock { $0.bytes += bytes.array() }
          return bytes.byteCount
        },
        delivered: {}, mayRead: { true },
        ended: { [self] in
          received.withLock { $0.isEnded = true }
          toClient.close()
        })
      toServer.taken = { client.assumeIsolated { $0.writable() } }
      client.assumeIsolated { $0.opened() }
    }
  }

  package func write(_ bytes: [UInt8]) async {
    await client.onLoop { [toClient] in
      toClient.write(bytes)
      toClient.flush()
    }
  }

  package func close() async {
    await client.onLoop { [toClient] in toClient.close() }
  }

  /// All that the client has sent so far, and whether it has closed.
  package var all: (bytes: [UInt8], isEnded: Bool) {
    received.withLock { ($0.bytes, $0.isEnded) }
  }
}
