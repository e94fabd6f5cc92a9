/// Waits, or returns at once when the task is cancelled. Handed in, so that no test sleeps.
package typealias Sleep = @Sendable (Duration) async -> Void

/// Waits on the system's clock.
package let systemSleep: Sleep = { duration in
  // Being cancelled is a way to end the wait, no error.
  try? await Task.sleep(for: duration)
}
