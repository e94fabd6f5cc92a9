internal import Contracts
internal import Trust

struct AlertView: PresentableRow {
  static let columns = [
    "ALERT", "MODEL", "STATE", "BEGAN", "ENDED", "SURPRISE", "FROM", "SEEN TO BY", "CAUSE",
  ]

  var id: UInt64
  var model: String
  var state: String
  var beganAt: String?
  var endedAt: String?
  /// The window of the look that began it, in nanoseconds since 1970.
  var since: Int64
  var until: Int64
  var baseline: UInt32
  var rows: UInt64
  var surprise: Double
  var threshold: Double
  var cause: String
  var acknowledgedBy: String
  var acknowledgedAt: String?
  var silenced: Bool

  init(_ alert: Monitor.Alert) {
    id = alert.id
    model = alert.model
    state = alert.state
    beganAt = Spelling.time(alert.beganAt)
    endedAt = Spelling.time(alert.endedAt)
    since = alert.since
    until = alert.until
    baseline = alert.baseline
    rows = alert.rows
    surprise = alert.surprise
    threshold = alert.threshold
    cause = alert.cause
    acknowledgedBy = alert.acknowledgedBy
    acknowledgedAt = Spelling.time(alert.acknowledgedAt)
    silenced = alert.silenced
  }

  var row: [String] {
    [
      "\(id)", model, silenced ? "\(state), silenced" : state, beganAt ?? "", endedAt ?? "",
      Figure.text(surprise), Figure.text(threshold), acknowledgedBy, cause,
    ]
  }
}

struct WatchView: PresentableRow {
  static let columns = ["MODEL", "WATCHED", "PAGES A YEAR", "EVERY", "ROWS", "QUIET LOOKS", "BY"]

  var model: String
  var enabled: Bool
  var pagesPerYear: Double
  var everySeconds: UInt32
  var rowsMin: UInt32
  var quietLooks: UInt32
  var silencedUntil: Int64
  var setBy: String

  init(_ watch: Monitor.Watch) {
    model = watch.model
    enabled = watch.enabled
    pagesPerYear = watch.pagesPerYear
    everySeconds = watch.everySeconds
    rowsMin = watch.rowsMin
    quietLooks = watch.quietLooks
    silencedUntil = watch.silencedUntil
    setBy = watch.setBy
  }

  func sentence(now: Timestamp) -> String {
    guard enabled else { return "`\(model)` is not watched" }
    let isSilent = silencedUntil / 1_000_000 > now.millisecondsSinceEpoch
    return "`\(model)` is watched every \(TimeSpan.seconds(Int(everySeconds)).text): "
      + "\(quietLooks) quiet looks so far, at most \(Figure.text(pagesPerYear)) false pages a year"
      + (isSilent ? ", silent until \(Spelling.time(silencedUntil) ?? "")" : "")
  }

  var row: [String] {
    [
      model, enabled ? "yes" : "no", Figure.text(pagesPerYear),
      TimeSpan.seconds(Int(everySeconds)).text, "\(rowsMin)", "\(quietLooks)", setBy,
    ]
  }
}
