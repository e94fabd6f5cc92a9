import AuditLog
import GRDB
import Storage
import Synchronization

/// The secrets of everybody and everything that entries name: made at the first mention, written in the
/// transaction of the entry that mentions them first.
final class PartyBook: Sendable {
  /// Held in memory; a miss costs a read.
  static let knownMax = 100_000

  fileprivate struct State {
    var known: [Party.Name: Party] = [:]
    /// Made, and not on disk yet.
    var unsettled: [Party.Name: Party] = [:]
    var lastID: Int64
    /// Grows when `known` forgets, so that what was read before is read again.
    var forgotten = 0
  }

  private let store: Store
  private let state: Mutex<State>

  init(store: Store, lastID: Int64) {
    self.store = store
    state = Mutex(State(lastID: lastID))
  }

  /// The parties of these names, in their order.
  func resolve(_ names: [Party.Name]) async throws -> [Party] {
    while true {
      let (found, forgotten) = state.withLock { state in
        (names.map { state.known[$0] }, state.forgotten)
      }
      let missing = Set(zip(names, found).filter { $0.1 == nil }.map(\.0))
      if missing.isEmpty { return found.compactMap { $0 } }
      let stored = try await store.read { try Self.read(missing, in: $0) }
      state.withLock { state in
        guard state.forgotten == forgotten else { return }
        for name in missing where state.known[name] == nil {
          state.add(stored[name], named: name)
        }
      }
    }
  }

  /// Writes what is not on disk yet into the transaction that `database` is in; ``settle(_:)`` follows.
  func write(in database: Database) throws -> [Party.Name] {
    let unsettled = state.withLock { $0.unsettled }
    let statement = try database.cachedStatement(
      sql: "INSERT INTO party (id, kind, name, secret) VALUES (?, ?, ?, ?)")
    for (name, party) in unsettled {
      try statement.execute(
        arguments: [party.id, name.kind, name.name, DatabaseValue(bytes: party.key.bytes)])
    }
    return Array(unsettled.keys)
  }

  /// What was written is on disk.
  func settle(_ names: [Party.Name]) {
    guard !names.isEmpty else { return }
    state.withLock { state in
      for name in names { state.unsettled[name] = nil }
      state.forgetSome()
    }
  }

  /// Forgets a secret that was destroyed.
  func erase(_ name: Party.Name) {
    state.withLock { state in
      state.known[name] = nil
      state.forgotten += 1
    }
  }

  static func read(_ names: Set<Party.Name>, in database: Database) throws -> [Party.Name: Party] {
    let statement = try database.cachedStatement(
      sql: "SELECT id, secret FROM party WHERE kind = ? AND name = ? AND secret IS NOT NULL")
    var found: [Party.Name: Party] = [:]
    for name in names {
      guard let row = try Row.fetchOne(statement, arguments: [name.kind, name.name]) else {
        continue
      }
      guard let key = PartyKey(bytes: row.bytes(named: "secret")) else {
        throw LogError.failed(cause: "a secret of the log is damaged")
      }
      found[name] = Party(id: row["id"], key: key, name: name)
    }
    return found
  }
}

extension PartyBook.State {
  fileprivate mutating func add(_ stored: Party?, named name: Party.Name) {
    if let stored {
      known[name] = stored
      return
    }
    lastID += 1
    let party = Party(id: lastID, key: .generate(), name: name)
    known[name] = party
    unsettled[name] = party
  }

  fileprivate mutating func forgetSome() {
    guard known.count > PartyBook.knownMax else { return }
    known = unsettled
    forgotten += 1
  }
}
