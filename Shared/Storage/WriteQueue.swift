import GRDB
import Synchronization

/// Runs writes one after another on the writer's own thread, as many as wait in one transaction, so
/// that they share its fsync. Nothing is answered before its transaction is on disk.
///
/// A write that fails is undone alone. If the shared transaction can't be committed, each of its
/// writes runs again in a transaction of its own, so none fails for another's sake.
final class WriteQueue: Sendable {
  /// Bounds how long the first of a batch waits for the last.
  static let batchMax = 256
  /// More than this many waiting callers are better told to come back.
  static let pendingMax = 4096

  /// `perform` does the work and returns the answer that is to follow the commit.
  private struct Job: Sendable {
    let perform: @Sendable (Database) throws -> Answer
    let fail: @Sendable (any Error) -> Void
  }

  private typealias Answer = @Sendable () -> Void

  private struct State {
    var pending: [Job] = []
    var isDraining = false
    var isClosed = false
  }

  private let pool: DatabasePool
  private let path: String
  private let state = Mutex(State())

  init(pool: DatabasePool, path: String) {
    self.pool = pool
    self.path = path
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(
        Job(
          perform: { database in
            let value = try body(database)
            return { continuation.resume(returning: value) }
          },
          fail: { [path] error in
            continuation.resume(throwing: StorageError.translating(error, path: path))
          }))
    }
  }

  /// From now on every write is refused; those that wait still run.
  func close() {
    state.withLock { $0.isClosed = true }
  }

  private func enqueue(_ job: Job) {
    let (refusal, mustStart) = state.withLock { state -> (StorageError?, Bool) in
      if state.isClosed { return (.closed(path: path), false) }
      if state.pending.count >= Self.pendingMax { return (.overloaded(path: path), false) }
      state.pending.append(job)
      defer { state.isDraining = true }
      return (nil, !state.isDraining)
    }
    if let refusal { job.fail(refusal) }
    if mustStart { pool.asyncWriteWithoutTransaction { self.drain($0) } }
  }

  private func drain(_ database: Database) {
    while let batch = nextBatch() {
      commit(batch, in: database)
    }
  }

  private func nextBatch() -> [Job]? {
    state.withLock { state in
      guard !state.pending.isEmpty else {
        state.isDraining = false
        return nil
      }
      let batch = Array(state.pending.prefix(Self.batchMax))
      state.pending.removeFirst(batch.count)
      return batch
    }
  }

  private func commit(_ batch: [Job], in database: Database) {
    if batch.count > 1, let answers = try? together(batch, in: database) {
      for answer in answers { answer() }
      return
    }
    for job in batch {
      do {
        try alone(job, in: database)()
      } catch {
        job.fail(error)
      }
    }
  }

  private func together(_ batch: [Job], in database: Database) throws -> [Answer] {
    var answers: [Answer] = []
    try database.inTransaction(.immediate) {
      for job in batch {
        do {
          try database.inSavepoint {
            answers.append(try job.perform(database))
            return .commit
          }
        } catch {
          answers.append { job.fail(error) }
        }
      }
      return .commit
    }
    return answers
  }

  private func alone(_ job: Job, in database: Database) throws -> Answer {
    var answer: Answer = {}
    try database.inTransaction(.immediate) {
      answer = try job.perform(database)
      return .commit
    }
    return answer
  }
}
