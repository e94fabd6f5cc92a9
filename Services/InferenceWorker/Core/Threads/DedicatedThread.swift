import Foundation

/// Blocking work on threads of its own: never on the pool that serves all other tasks.
package enum DedicatedThread {
  /// What main threads have on Linux; engines recurse deeper than Foundation's default allows for.
  package static let stackBytes = 8 << 20

  /// Starts a thread that does `body` and ends.
  package static func start(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.stackSize = stackBytes
    thread.start()
  }

  /// Does `body` on a new thread and waits for its result without blocking the caller's.
  package static func run<Value: Sendable, Failure: Error>(
    named name: String, _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      start(named: name) {
        do throws(Failure) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}
