/// Something that was promised did not hold.
package struct StepFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// - Throws: ``StepFailure`` with `message` unless `condition` holds.
package func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws(StepFailure) {
  if !condition { throw StepFailure(message()) }
}

/// Looks again and again until there is a value.
///
/// - Parameter what: completes the sentence "waited 60 s for …".
/// - Throws: ``StepFailure`` when the time is over, with the last error of `look`.
package func eventually<Value: Sendable>(
  _ what: String, within limit: Duration = .seconds(60),
  _ look: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  var last = ""
  while true {
    do {
      if let value = try await look() { return value }
      last = ""
    } catch {
      if error is CancellationError { throw error }
      last = "; the last attempt said: \(error)"
    }
    guard ContinuousClock.now < deadline else {
      throw StepFailure("waited \(limit.components.seconds) s for \(what)\(last)")
    }
    try await Task.sleep(for: .milliseconds(50))
  }
}
