/// The connections of a pool that take calls.
struct ReadyConnections {
  private(set) var connections: [ClientConnection] = []
  /// Fewer than there should be: the next caller has the rest dialled.
  var isShort = false
  var retries = RetryBudget()
  private var turn = 0

  mutating func add(_ connection: ClientConnection) {
    connections.append(connection)
  }

  mutating func remove(_ connection: ClientConnection) {
    connections.removeAll { $0 === connection }
    isShort = true
  }

  mutating func removeAll() -> [ClientConnection] {
    defer { connections = [] }
    return connections
  }

  /// One after the other; one whose server owes a sign of life only if there is no better.
  mutating func next() -> ClientConnection? {
    guard connections.count > 1 else { return connections.first }
    for _ in connections.indices {
      turn = (turn + 1) % connections.count
      if !connections[turn].isSuspect { return connections[turn] }
    }
    return connections[turn]
  }
}
