package import RPC

/// The connections of one event loop to the services behind the gateway, by address.
///
/// Lives on its loop: the connections of clients on the same loop hand their calls over without a hop.
package actor Upstreams {
  let loop: any ConnectionLoop
  private let dialer: any ConnectionDialer
  private var upstreams: [String: Upstream] = [:]
  /// Connections that are being made. Each ends by itself, at the latest with the connect time-out;
  /// ``close()`` awaits those that have not.
  private var dials: [String: Task<Void, Never>] = [:]

  private enum Upstream {
    case dialing([any UpstreamWaiter])
    case ready(ClientConnection)
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The loop outlives what lives on it: each of them holds it.
    unsafe loop.executor.asUnownedSerialExecutor()
  }

  package init(loop: any ConnectionLoop, dialer: any ConnectionDialer) {
    self.loop = loop
    self.dialer = dialer
  }

  /// A connection that takes calls right now. If there is none yet, `waiter` is told of the outcome.
  func connection(
    to address: String, role: String, else waiter: any UpstreamWaiter
  ) -> ClientConnection? {
    switch upstreams[address] {
    case .ready(let connection): return connection
    case .dialing(let waiting): upstreams[address] = .dialing(waiting + [waiter])
    case nil:
      upstreams[address] = .dialing([waiter])
      dial(address, role: role)
    }
    return nil
  }

  /// Connects ahead of the first call.
  package func prepare(_ address: String, role: String) {
    guard upstreams[address] == nil else { return }
    upstreams[address] = .dialing([])
    dial(address, role: role)
  }

  /// The same, from anywhere.
  package nonisolated func prepareSoon(_ address: String, role: String) {
    loop.execute { [weak self] in self?.assumeIsolated { $0.prepare(address, role: role) } }
  }

  /// Ends the dials that are under way, and returns when they have ended.
  package func close() async {
    let underWay = Array(dials.values)
    for dial in underWay { dial.cancel() }
    for dial in underWay { await dial.value }
  }

  private func dial(_ address: String, role: String) {
    dials[address] = Task {
      let result: Result<ClientConnection, RPCError>
      do throws(RPCError) {
        let connection = try await dialer.dial(address, role: role, on: loop) {
          [weak self] retired in self?.assumeIsolated { $0.forget(retired, at: address) }
        }
        result = .success(connection)
      } catch {
        result = .failure(error)
      }
      finish(address, result)
    }
  }

  private func finish(_ address: String, _ result: Result<ClientConnection, RPCError>) {
    dials[address] = nil
    guard case .dialing(let waiting) = upstreams[address] else { return }
    if case .success(let connection) = result, connection.assumeIsolated({ $0.isReady }) {
      upstreams[address] = .ready(connection)
    } else {
      // Also one that was lost again before we were told of it.
      upstreams[address] = nil
    }
    for waiter in waiting { waiter.connected(result) }
  }

  private func forget(_ retired: ClientConnection, at address: String) {
    if case .ready(let connection) = upstreams[address], connection === retired {
      upstreams[address] = nil
    }
  }
}

/// Waits for a connection. Told on the loop.
protocol UpstreamWaiter: Sendable {
  func connected(_ result: Result<ClientConnection, RPCError>)
}
