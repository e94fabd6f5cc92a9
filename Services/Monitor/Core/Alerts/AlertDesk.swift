package import AuditLog
package import Contracts
import GRDB
import Metrics
import MonitorStatistics

/// Looks at watched models by itself, says once what has drifted, and when that is over.
package struct AlertDesk: Sendable {
  private static let alertsMax = 500
  private static let secondsPerYear = 365.25 * 86_400
  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  let store: MonitorStore
  let limits: MonitorLimits
  let drifts: DriftDesk

  package func setWatch(
    _ request: Monitor.SetWatchRequest, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.Watch {
    try ModelRule.check(model: request.model)
    try ModelRule.check(reason: request.reason, limits)
    let isUsable =
      request.pagesPerYear > 0 && request.pagesPerYear <= 1000 && request.everySeconds >= 1
      && request.rowsMin >= 1
    guard !request.enabled || isUsable else {
      throw .invalid(
        "expected up to 1000 false pages a year, a second or more between looks, and a row or more in one"
      )
    }
    return try await store.change { [now = store.now] database in
      let before = try AlertTable.watch(of: request.model, in: database)
      var watch = before ?? Monitor.Watch(model: request.model, lookedUntil: now())
      watch.enabled = request.enabled
      watch.silencedUntil = request.silencedUntil
      watch.setBy = author.name
      if request.enabled {
        watch.pagesPerYear = request.pagesPerYear
        watch.everySeconds = request.everySeconds
        watch.rowsMin = request.rowsMin
      }
      if before == watch { return .unchanged(watch) }
      try AlertTable.store(watch, in: database)
      return .changed(
        watch,
        MonitorChange(
          action: .watchSet, author: author, model: watch.model, before: before.map(Self.values),
          after: Self.values(watch), reason: request.reason))
    }
  }

  private static func values(_ watch: Monitor.Watch) -> [String: AuditValue] {
    [
      "enabled": .boolean(watch.enabled), "pages-per-year": .string("\(watch.pagesPerYear)"),
      "every-seconds": .integer(Int64(watch.everySeconds)),
      "rows-min": .integer(Int64(watch.rowsMin)),
    ]
  }

  package func list(
    _ request: Monitor.ListAlertsRequest, models: Set<String>?
  ) async throws(MonitorError) -> Monitor.ListAlertsResponse {
    func isShown(_ model: String) -> Bool {
      request.model.isEmpty ? models?.contains(model) ?? true : model == request.model
    }
    let (alerts, watches) = try await store.read { database in
      (
        try AlertTable.alerts(max: Self.alertsMax, in: database),
        try AlertTable.watches(in: database)
      )
    }
    return Monitor.ListAlertsResponse(
      alerts: alerts.filter { isShown($0.model) }, watches: watches.filter { isShown($0.model) })
  }

  package func acknowledge(
    _ request: Monitor.AcknowledgeAlertRequest, by author: AuditReference, models: Set<String>?
  ) async throws(MonitorError) -> Monitor.Alert {
    try ModelRule.check(reason: request.reason, limits)
    return try await store.change { [now = store.now] database in
      guard var alert = try AlertTable.alert(request.id, in: database),
        models?.contains(alert.model) ?? true
      else { throw MonitorError.missing("there is no alert \(request.id) that you may see") }
      guard alert.acknowledgedAt == 0 else { return .unchanged(alert) }
      alert.acknowledgedBy = author.name
      alert.acknowledgedAt = now()
      try AlertTable.store(alert, in: database)
      return .changed(
        alert,
        MonitorChange(
          action: .alertAcknowledge, author: author, model: alert.model,
          after: ["alert": .integer(Int64(clamping: alert.id))], reason: request.reason))
    }
  }

  // MARK: Looks

  /// Looks at every model whose time has come.
  package func lookAtDue() async throws(MonitorError) {
    let watches = try await store.read { try AlertTable.watches(in: $0) }
    for watch in watches where watch.enabled {
      let every = Int64(watch.everySeconds) * Self.nanosecondsPerSecond
      // After a jump of the clock back, the window begins where time is now.
      let isDue = store.now() - watch.lookedUntil >= every || store.now() < watch.lookedUntil
      if isDue { try await look(at: watch) }
    }
  }

  private func look(at watch: Monitor.Watch) async throws(MonitorError) {
    let until = store.now()
    guard until > watch.lookedUntil else {
      var moved = watch
      moved.lookedUntil = until
      return try await keep(moved, nil, .none)
    }
    let window = Monitor.Window(model: watch.model, since: watch.lookedUntil, until: until)
    let report: Monitor.DriftReport
    do throws(MonitorError) {
      report = try await drifts.report(Monitor.GetDriftRequest(window: window))
    } catch .refused {
      // No baseline yet, or no rows: the window grows.
      return
    }
    guard report.rows >= UInt64(watch.rowsMin) else { return }
    let history = try await store.read {
      try AlertTable.history(of: watch.model, max: PageThreshold.historyMax, in: $0)
    }
    var next = watch
    next.lookedUntil = until
    next.lastSurprise = PageThreshold.surprise(
      pValue: report.columns.reduce(1) { min($0, $1.pValue) })
    next.threshold = PageThreshold(
      pagesPerYear: watch.pagesPerYear,
      looksPerYear: Self.secondsPerYear / Double(watch.everySeconds)
    ).threshold(history: history)
    var machine = AlertMachine(
      state: watch.firing == 0 ? .quiet : .firing(calmLooks: Int(watch.calmLooks)))
    let action = machine.look(
      surprise: next.lastSurprise, threshold: next.threshold,
      matters: report.columns.contains { $0.verdict != "steady" })
    switch machine.state {
    case .quiet: next.calmLooks = 0
    case .firing(let calmLooks): next.calmLooks = UInt32(calmLooks)
    }
    try await keep(next, report, action)
  }

  /// Keeps what a look came to, all of it or nothing.
  private func keep(
    _ watch: Monitor.Watch, _ report: Monitor.DriftReport?, _ action: AlertMachine.Action
  ) async throws(MonitorError) {
    let firing = try await store.change { [now = store.now] database -> Outcome<UInt64> in
      // Somebody may have changed the watch meanwhile: theirs stays, but for what the look came to.
      guard var current = try AlertTable.watch(of: watch.model, in: database) else {
        return .unchanged(0)
      }
      let since = current.lookedUntil
      current.lookedUntil = watch.lookedUntil
      current.lastSurprise = watch.lastSurprise
      current.threshold = watch.threshold
      current.calmLooks = watch.calmLooks
      var change: MonitorChange?
      switch action {
      case .page:
        let alert = try AlertTable.add(
          Monitor.Alert(
            model: watch.model, state: "firing", beganAt: now(), since: since,
            until: watch.lookedUntil, baseline: report?.baseline ?? 0, rows: report?.rows ?? 0,
            surprise: watch.lastSurprise, threshold: watch.threshold, cause: report?.cause ?? "",
            silenced: now() < current.silencedUntil), in: database)
        current.firing = alert.id
        change = Self.change(.alertFire, alert)
      case .resolve:
        if var alert = try AlertTable.alert(current.firing, in: database) {
          alert.state = "resolved"
          alert.endedAt = now()
          try AlertTable.store(alert, in: database)
          change = Self.change(.alertResolve, alert)
        }
        current.firing = 0
      case .none:
        guard report != nil, current.firing == 0 else { break }
        current.quietLooks += 1
        try AlertTable.addQuietLook(
          watch.lastSurprise, of: watch.model, at: watch.lookedUntil,
          keeping: PageThreshold.historyMax, in: database)
      }
      try AlertTable.store(current, in: database)
      let isLoud = current.firing != 0 && now() >= current.silencedUntil
      let told: UInt64 = isLoud ? current.firing : 0
      return change.map { .changed(told, $0) } ?? .unchanged(told)
    }
    Gauge(label: "slipway_monitor_alert_firing", dimensions: [("model", watch.model)])
      .record(firing == 0 ? 0 : 1)
  }

  private static func change(
    _ action: MonitorChange.Action, _ alert: Monitor.Alert
  ) -> MonitorChange {
    MonitorChange(
      action: action, author: AuditReference(.service, "monitor"), model: alert.model,
      after: [
        "alert": .integer(Int64(clamping: alert.id)),
        "cause": .string(String(alert.cause.prefix(500))),
        "surprise": .string("\(alert.surprise)"), "threshold": .string("\(alert.threshold)"),
      ])
  }
}
