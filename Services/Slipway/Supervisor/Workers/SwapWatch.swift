/// Follows what a model's workers take of memory while some versions take the place of others: a pure machine.
package struct SwapWatch: Sendable {
  /// A change of versions that is over.
  package struct Record: Sendable, Hashable, Codable {
    package var model: String
    package var from: [UInt32]
    package var to: [UInt32]
    /// Proportional set sizes of all workers of the model together.
    package var bytesBefore: UInt64
    package var bytesMost: UInt64
    package var bytesAfter: UInt64

    package init(
      model: String, from: [UInt32], to: [UInt32], bytesBefore: UInt64, bytesMost: UInt64,
      bytesAfter: UInt64
    ) {
      self.model = model
      self.from = from
      self.to = to
      self.bytesBefore = bytesBefore
      self.bytesMost = bytesMost
      self.bytesAfter = bytesAfter
    }
  }

  /// A worker that runs; `bytes` are nil until it has said what it takes.
  struct Worker {
    var version: UInt32
    var bytes: UInt64?
  }

  private struct Rest {
    var versions: Set<UInt32>
    var bytes: UInt64
  }

  private struct Course {
    var before: Rest
    var most: UInt64
  }

  private var rests: [String: Rest] = [:]
  private var courses: [String: Course] = [:]
  private var done: [String: Record] = [:]

  package init() {}

  /// The last change of each model, by name.
  package var records: [Record] { done.values.sorted { $0.model < $1.model } }

  /// - Parameter desired: versions that shall run; none where nobody calls, which is no change of versions.
  mutating func see(_ model: String, desired: Set<UInt32>, workers: [Worker]) {
    guard !desired.isEmpty else { return }
    let taken = workers.reduce(0) { $0 + ($1.bytes ?? 0) }
    if courses[model] == nil, let rest = rests[model], rest.versions != desired {
      courses[model] = Course(before: rest, most: max(rest.bytes, taken))
    }
    if let most = courses[model]?.most { courses[model]?.most = max(most, taken) }
    guard Set(workers.map(\.version)) == desired, workers.allSatisfy({ $0.bytes != nil }) else {
      return
    }
    if let course = courses.removeValue(forKey: model), course.before.versions != desired {
      done[model] = Record(
        model: model, from: course.before.versions.sorted(), to: desired.sorted(),
        bytesBefore: course.before.bytes, bytesMost: course.most, bytesAfter: taken)
    }
    rests[model] = Rest(versions: desired, bytes: taken)
  }
}
