import Foundation

/// `simulate [--gateway [--planted FAULT]] [--seed N] [--first N] [--count N] [--trace]`: runs of the RPC core,
/// or of a gateway between clients and workers, under a network that fails.
///
/// `--planted` has the gateway and its workers make a mistake, which every judge worth his place finds.
@main
enum Simulate {
  static func main() {
    // Tables of the standard library are in an order of their own in each process, unless told.
    if ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] == nil { startAnew() }
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      say(
        "usage: simulate [--gateway [--planted FAULT]] [--seed N | --first N --count N] [--trace]\n"
          + "faults: \(PlantedFault.allCases.map(\.rawValue).joined(separator: " "))")
      exit(2)
    }
    guard GlobalJobs.capture() else {
      say("simulate: the Swift runtime has no hook for its pool of threads")
      exit(1)
    }
    var failed: [UInt64] = []
    var total = Total()
    for seed in options.first..<options.first + options.count {
      // Said before the run: a crash has a seed too.
      say("seed \(seed):", terminator: " ")
      let start = ContinuousClock.now
      let report = options.report(of: seed, isTraced: options.isTraced)
      let again =
        options.count > 1 && seed % 10 != 0
        ? report.digest : options.report(of: seed, isTraced: false).digest
      total.add(report)
      say(
        "\(report.callCount) calls, \(report.rightCount) right, \(report.failedCount) failed, "
          + "\(report.damagedCount) damaged, \(report.faultCount) faults, digest "
          + "\(String(report.digest, radix: 16)), \((ContinuousClock.now - start).microseconds / 1000) ms"
      )
      var violations = report.violations
      if again != report.digest { violations.append("the same seed gave another run") }
      guard !violations.isEmpty else { continue }
      failed.append(seed)
      for violation in violations.prefix(12) { say("  \(violation)") }
      say("  again: scripts/simulate \(options.world)--seed \(seed)")
    }
    say("simulate: \(total.text)")
    guard failed.isEmpty else {
      say(
        "simulate: \(failed.count) of \(options.count) seeds failed; again: scripts/simulate "
          + "\(options.world)--seed \(failed[0])"
      )
      exit(1)
    }
  }

  /// Not held back: what a crash leaves is read.
  private static func say(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
  }

  private static func startAnew() {
    unsafe setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe CommandLine.arguments.map {
      unsafe strdup($0)
    }
    unsafe arguments.append(nil)
    // Returns only if it fails; then runs still hold, but need not repeat.
    unsafe execv("/proc/self/exe", arguments)
  }

  private struct Total {
    var calls = 0, right = 0, failed = 0, damaged = 0, faults = 0

    mutating func add(_ report: Run.Report) {
      calls += report.callCount
      right += report.rightCount
      failed += report.failedCount
      damaged += report.damagedCount
      faults += report.faultCount
    }

    var text: String {
      "\(calls) calls, \(right) right, \(failed) failed properly, \(damaged) wrong on damaged networks, "
        + "\(faults) faults"
    }
  }

  private struct Options {
    var first: UInt64 = 1
    var count: UInt64 = 50
    var isTraced = false
    /// Two hops instead of one.
    var hasGateway = false

    var planted: PlantedFault?

    var world: String {
      (hasGateway ? "--gateway " : "") + (planted.map { "--planted \($0.rawValue) " } ?? "")
    }

    func report(of seed: UInt64, isTraced: Bool) -> Run.Report {
      hasGateway
        ? GatewayRun.report(of: seed, isTraced: isTraced, planted: planted)
        : Run.report(of: seed, isTraced: isTraced)
    }

    init?(_ arguments: some Sequence<String>) {
      var rest = Array(arguments)[...]
      while let argument = rest.popFirst() {
        switch argument {
        case "--trace": isTraced = true
        case "--gateway": hasGateway = true
        case "--planted":
          guard let fault = rest.popFirst().flatMap({ PlantedFault(rawValue: $0) }) else {
            return nil
          }
          (planted, hasGateway) = (fault, true)
        case "--seed":
          guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
          (first, count) = (number, 1)
        case "--first":
          guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
          first = number
        case "--count":
          guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
          count = number
        default: return nil
        }
      }
    }
  }
}
