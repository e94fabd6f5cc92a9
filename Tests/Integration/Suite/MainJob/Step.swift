/// One promise of the main job.
package struct Step: Sendable, CustomStringConvertible {
  /// What is done, for a person who watches.
  package let name: String
  private let work: @Sendable (MainJob) async throws -> [String]

  init(_ name: String, _ work: @escaping @Sendable (MainJob) async throws -> [String]) {
    self.name = name
    self.work = work
  }

  package var description: String { name }

  /// - Returns: what was seen, a line each.
  /// - Throws: what did not hold.
  package func run(in job: MainJob) async throws -> [String] {
    try await work(job)
  }
}
