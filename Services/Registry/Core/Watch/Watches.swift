import Contracts
import GRDB

/// The verb that follows desired and actual state.
package struct Watches: Sendable {
  let store: RegistryStore
  let leases: Leases
  let board: ChangeBoard
  let limits: RegistryLimits

  /// Sends every model's state, then a state with an empty name, then each model's state again
  /// whenever it changes, until the task is cancelled or the registry closes.
  ///
  /// It is level-triggered: a state replaces what was sent of the model before, and a slow receiver
  /// gets the latest one only. Times of leases alone are no change; their loads are.
  package func watch<Failure: Error>(
    _ send: (Registry.ModelState) async throws(Failure) -> Void,
    failing: (RegistryError) -> Failure
  ) async throws(Failure) {
    do throws(RegistryError) {
      // Joined before the first read, so that no change falls between.
      let place = try board.join()
      defer { board.leave(place) }
      var after = ""
      while true {
        let names = try await page(after)
        for name in names { try await forward(name, send) }
        guard let last = names.last else { break }
        after = last
      }
    } catch { throw failing(error) }
  }

  private func page(_ after: String) async throws(RegistryError) -> [String] {
    try await store.read { [limits] db in
      try VersionTable.models(db, after: after, limit: limits.pageMax)
    }
  }
}
