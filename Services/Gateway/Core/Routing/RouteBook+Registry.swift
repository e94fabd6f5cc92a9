package import Contracts

extension RouteBook {
  /// Takes one message of the registry's watch: a model's state, or the word that every model has been
  /// named. Call ``beginSync()`` before the first one.
  ///
  /// - Parameter nowNanoseconds: wall time, since 1970.
  /// - Returns: ids of workers that got no route, because ``WorkerLoads/workersMax`` are in use.
  @discardableResult
  package func take(_ state: Registry.ModelState, nowNanoseconds: Int64) -> [String] {
    guard !state.model.isEmpty else {
      endSync()
      return []
    }
    return apply(ObservedModel(state), nowNanoseconds: nowNanoseconds)
  }
}
