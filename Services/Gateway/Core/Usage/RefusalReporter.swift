import AuditLog

/// Tells the log of refused sign-ins, a minute at a time.
package struct RefusalReporter: Sendable {
  private let store: GatewayStore
  private let counter: RefusalCounter

  package init(store: GatewayStore, counter: RefusalCounter) {
    self.store = store
    self.counter = counter
  }

  /// Writes one entry for each source and finished minute; what can't be written comes again later.
  ///
  /// - Parameter isLast: whether the process ends, so that the running minute counts too.
  package func report(isLast: Bool = false) async throws(GatewayError) {
    let reports = isLast ? counter.takeAll() : counter.takeFinished(nowNanoseconds: store.now())
    guard !reports.isEmpty else { return }
    let changes = reports.map { report in
      AuditedChange(
        action: .signInRefused, actor: AuditReference(.source, report.source),
        subject: AuditReference(.service, GatewayStore.serviceName),
        after: [
          "minute": .integer(report.minute),
          "refusals": .integer(Int64(clamping: report.refusals)),
        ])
    }
    do throws(GatewayError) {
      try await store.report(changes)
    } catch {
      counter.giveBack(reports)
      throw error
    }
  }
}
