package import RPC
internal import Wire

/// A server's connection whose peer is no client but bytes: for what a client of ours would never send.
package final class RawPeer: Sendable {
  package let server: ServerConnection
  private let toServer: BytePipe
  private let toPeer: BytePipe
  private let received: Received

  /// What the server has sent. Touched on the loop only; that is what makes it `Sendable`.
  private final class Received: @unchecked Sendable {
    var bytes: [UInt8] = []
    var isEnded = false
  }

  package init(
    core: ServerCore, loop: any ConnectionLoop, address: String = "in-process:1",
    compresses: Bool = false, cuts: ByteCuts = .none
  ) {
    let toServer = BytePipe(loop: loop, cuts: cuts)
    let toPeer = BytePipe(loop: loop, cuts: cuts)
    let received = Received()
    let server = ServerConnection(
      core: core, loop: loop, sink: toPeer, address: address, security: .plain,
      sameHost: !compresses)
    self.toServer = toServer
    self.toPeer = toPeer
    self.received = received
    self.server = server
    loop.execute {
      toServer.reader = BytePipe.Reader(
        receive: { bytes in server.assumeIsolated { $0.receive(bytes) } },
        delivered: { server.assumeIsolated { $0.flush() } },
        mayRead: { server.assumeIsolated { $0.mayRead } },
        ended: {
          toPeer.close()
          server.assumeIsolated { $0.closed() }
        })
      toPeer.reader = BytePipe.Reader(
        receive: { bytes in
          received.bytes += bytes.array()
          return bytes.byteCount
        },
        delivered: {}, mayRead: { true },
        ended: {
          received.isEnded = true
          toServer.close()
        })
      server.assumeIsolated { $0.opened() }
    }
  }

  package func write(_ bytes: [UInt8]) async {
    await server.onLoop { [toServer] in
      toServer.write(bytes)
      toServer.flush()
    }
  }

  package func close() async {
    await server.onLoop { [toServer] in toServer.close() }
  }

  /// How many writes the server has made so far.
  package var writeCount: Int {
    get async { await server.onLoop { [toPeer] in toPeer.flushCount } }
  }

  /// All that the server has sent so far, and whether it has closed.
  package var all: (bytes: [UInt8], isEnded: Bool) {
    get async { await server.onLoop { [received] in (received.bytes, received.isEnded) } }
  }
}

extension ServerConnection {
  /// Runs `work` on the connection's loop.
  fileprivate func onLoop<Result: Sendable>(_ work: @Sendable () -> Result) -> Result {
    work()
  }
}
