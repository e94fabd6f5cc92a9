package import Logging

/// Takes what calls left in memory to where it is kept: usage and refusals to the database, the access
/// log to its writer. Nothing of this is ever on a call's path.
package struct Bookkeeper: Sendable {
  /// How often usage is flushed; so much of it is lost if the process is killed.
  package static let interval: Duration = .seconds(1)
  /// Ticks between two looks for usage that is too old to keep.
  private static let ticksPerPrune = 3_600

  private let meter: UsageMeter
  private let usage: UsageStore
  private let refusals: RefusalReporter
  private let accessLog: AccessLog
  private let writeLines: @Sendable ([UInt8]) async -> Void
  private let logger: Logger

  /// - Parameter writeLines: takes whole lines of the access log.
  package init(
    meter: UsageMeter, usage: UsageStore, refusals: RefusalReporter, accessLog: AccessLog,
    writeLines: @escaping @Sendable ([UInt8]) async -> Void, logger: Logger
  ) {
    self.meter = meter
    self.usage = usage
    self.refusals = refusals
    self.accessLog = accessLog
    self.writeLines = writeLines
    self.logger = logger
  }

  /// Keeps the books until the task is cancelled, and once more at the end.
  package func run(clock: some Clock<Duration> = ContinuousClock()) async {
    var ticks = 0
    while (try? await clock.sleep(for: Self.interval)) != nil {
      await tick()
      ticks += 1
      if ticks % Self.ticksPerPrune == 0 { await attempt("prune usage", usage.prune) }
    }
    await tick(isLast: true)
  }

  /// One round. A failure is logged, and what it concerns comes again with the next round.
  package func tick(isLast: Bool = false) async {
    let lines = accessLog.takeLines()
    if !lines.isEmpty { await writeLines(lines) }
    await attempt("flush usage") { () async throws(GatewayError) in try await usage.flush(meter) }
    await attempt("report refusals") { () async throws(GatewayError) in
      try await refusals.report(isLast: isLast)
    }
  }

  private func attempt(_ what: String, _ work: () async throws(GatewayError) -> Void) async {
    do throws(GatewayError) {
      try await work()
    } catch {
      logger.warning("could not \(what)", metadata: ["cause": "\(error)"])
    }
  }
}
