/// How a client uses its connections.
public struct ClientSettings: Sendable, Hashable {
  /// Connections to keep, 1 to 64. Each lives on one thread: more than one pays for who keeps several
  /// processors busy with calls.
  public var connections: Int {
    didSet { connections = min(max(connections, 1), 64) }
  }
  /// How long a call waits for a connection, within its own time-out, while the gateway can't be reached.
  public var patience: Duration

  public init(connections: Int = 1, patience: Duration = .seconds(10)) {
    self.connections = min(max(connections, 1), 64)
    self.patience = patience
  }
}
