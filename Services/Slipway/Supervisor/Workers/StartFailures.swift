/// Starts of one worker that ended before it served, one after the other: a pure machine.
///
/// Crashes in a row say that the next start ends alike, so the worker is given up. One that chose to exit
/// may have had a reason that passes, such as a registry that was away: it is tried for ever, and told of.
struct StartFailures: Sendable, Hashable {
  /// With the restarts' doubling waits that is a second and a half of trying, beside the loading.
  static let crashesToPark = 5
  static let endsToTell = 3

  private var crashes = 0
  private var ends = 0
  private var last: ChildEnding?

  mutating func served() { self = StartFailures() }

  /// - Returns: why it is given up; nil while it is not.
  mutating func ended(_ ending: ChildEnding) -> Refusal? {
    guard !ending.isClean else { return nil }
    ends += 1
    crashes = ending.isCrash ? crashes + 1 : 0
    last = ending
    guard crashes >= Self.crashesToPark else { return nil }
    return Refusal(
      label: ending.label,
      reason: "it crashed \(crashes) times before it served: \(Self.words(of: ending))")
  }

  /// What people are told of a worker that is tried again; nil while there is nothing to tell.
  var complaint: (label: String, reason: String)? {
    guard ends >= Self.endsToTell, let last else { return nil }
    return (
      last.label,
      "it ended \(ends) times before it served and is tried again: \(Self.words(of: last))"
    )
  }

  private static func words(of ending: ChildEnding) -> String {
    ending.reason + (ending.lastWords.map { "; its last words: \($0)" } ?? ", without a word")
  }
}
