package import Base
internal import Glibc
internal import Subprocess
internal import Synchronization
internal import SystemPackage
internal import Wire

/// One process that is kept running until it is asked to stop, or says that it can't be helped.
///
/// Its standard input is a pipe that nobody writes to and that closes when the supervisor dies, however
/// it dies: a child that runs supervised drains when it reads the end of it.
package final class Child: Sendable {
  /// Lines that a report of a parked child repeats.
  static let lastLinesMax = 20

  private let launch: @Sendable () -> Launch
  private let grace: Duration
  private let write: @Sendable (_ label: String, _ line: String) -> Void
  private let report: @Sendable (ChildEvent) -> Void
  private let clock: any MonotonicClock
  private let policy: Mutex<RestartPolicy>
  private let lastLines = Mutex<[String]>([])
  private let refused = Mutex<Refusal?>(nil)
  /// The process that runs; it is not reaped while it stands here.
  private let running = Mutex<Int32?>(nil)
  private let stopping = StopSignal()
  private let stopped = StopSignal()
  private let hasBegun = StopSignal()

  /// - Parameters:
  ///   - grace: between SIGTERM and SIGKILL.
  ///   - write: takes each line that the child writes, with the label of its start.
  ///   - launch: says what to run, once for each start.
  package init(
    limits: RestartPolicy.Limits = RestartPolicy.Limits(), grace: Duration,
    clock: any MonotonicClock = SystemMonotonicClock(),
    write: @escaping @Sendable (_ label: String, _ line: String) -> Void,
    report: @escaping @Sendable (ChildEvent) -> Void,
    launch: @escaping @Sendable () -> Launch
  ) {
    self.launch = launch
    self.grace = grace
    self.write = write
    self.report = report
    self.clock = clock
    policy = Mutex(RestartPolicy(limits: limits))
  }

  /// Why it is not started again; nil while it is.
  package var refusal: Refusal? { refused.withLock { $0 } }

  /// Starts the process, and again whenever it ends, until ``stop()`` was called and it is gone, or it
  /// exits with a status that says that another start ends the same way.
  package func run() async {
    hasBegun.give()
    while !stopping.isGiven, !Task.isCancelled {
      let launch = launch()
      policy.withLock { $0.started(at: clock.now) }
      lastLines.withLock { $0 = [] }
      let end = await runOnce(launch)
      if stopping.isGiven || Task.isCancelled { break }
      if case .exited(let status) = end, let refusal = refusal(of: launch, status: status) {
        giveUp(refusal)
        break
      }
      let ending = ending(of: launch, end)
      let decision = policy.withLock {
        $0.ended(at: clock.now, isClean: ending.isClean, chance: .random(in: 0...1))
      }
      report(.ended(ending, wait: decision.wait))
      if decision.isParked {
        report(.parked(label: launch.label, lastLines: lastLines.withLock { $0 }))
      }
      if await stopping.wait(atMost: decision.wait) { break }
    }
    report(.stopped)
    stopped.give()
  }

  /// Asks the process to drain: SIGTERM, and SIGKILL after the grace.
  package func stop() {
    stopping.give()
  }

  /// Ends the process that runs now at once, without a chance to drain; it starts again as after any end.
  package func kill() {
    running.withLock { process in
      if let process { _ = Glibc.kill(process, SIGKILL) }
    }
  }

  /// Keeps it from being started again; a process that runs is asked to stop.
  package func giveUp(_ refusal: Refusal) {
    refused.withLock { $0 = refusal }
    report(.refused(refusal))
    stop()
  }

  /// Returns once ``run()`` is over; at once if it has not begun.
  package func waitUntilStopped() async {
    guard hasBegun.isGiven else { return }
    await stopped.wait()
  }

  private func refusal(of launch: Launch, status: Int32) -> Refusal? {
    Refusal(label: launch.label, status: status, lastLine: lastWords(of: launch))
  }

  private func ending(of launch: Launch, _ end: End) -> ChildEnding {
    let words = lastWords(of: launch)
    return switch end {
    case .exited(let status):
      ChildEnding(
        label: launch.label, reason: "exited with status \(status)", isCrash: false,
        isClean: status == 0, lastWords: words)
    case .killed(let signal):
      ChildEnding(
        label: launch.label, reason: "killed by signal \(signal)", isCrash: true, lastWords: words)
    case .notRun(let cause):
      ChildEnding(
        label: launch.label, reason: "it could not be run: \(cause)", isCrash: false,
        lastWords: words)
    }
  }

  /// Without the executable's name before them.
  private func lastWords(of launch: Launch) -> String? {
    let prefix = "\(FilePath(launch.executablePath).lastComponent?.string ?? ""): "
    let lines = lastLines.withLock { $0 }
    return lines.last { !$0.isEmpty }.map {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
    }
  }

  private enum End {
    case exited(Int32)
    case killed(signal: Int32)
    case notRun(cause: String)
  }

  private func runOnce(_ launch: Launch) async -> End {
    var options = PlatformOptions()
    // A group of its own: Ctrl-C is for the supervisor, who stops its children in order.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: grace)]
    do {
      let result = try await Subprocess.run(
        .path(FilePath(launch.executablePath)), arguments: Arguments(launch.arguments),
        environment: .custom(
          Dictionary(
            launch.environment.compactMap { name, value in
              Environment.Key(rawValue: name).map { ($0, value) }
            }, uniquingKeysWith: { one, _ in one })),
        platformOptions: options, input: .inputWriter, output: .sequence,
        error: .combinedWithOutput
      ) { execution in
        running.withLock { $0 = execution.processIdentifier.value }
        defer { running.withLock { $0 = nil } }
        report(
          .started(label: launch.label, processID: execution.processIdentifier.value))
        await withTaskGroup(of: Void.self) { group in
          group.addTask { [stopping, grace] in
            await stopping.wait()
            guard !Task.isCancelled else { return }
            try? execution.send(signal: .terminate)
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            try? execution.send(signal: .kill)
          }
          await drain(execution.standardOutput, of: launch.label)
          // A child may close its output and live on: it must still be possible to stop it.
          await untilEnded(execution.processIdentifier.value)
          group.cancelAll()
        }
      }
      return switch result.terminationStatus {
      case .exited(let code): .exited(code)
      case .signaled(let signal): .killed(signal: signal)
      }
    } catch {
      return .notRun(cause: "\(error)")
    }
  }

  /// Returns once the process has exited; it is not reaped before. Most have by now: only one that
  /// closed its output and lives on is looked at more than once or twice.
  private func untilEnded(_ process: Int32) async {
    while !ProcessState.hasExited(process) {
      guard (try? await Task.sleep(for: Self.exitPollInterval)) != nil else { return }
    }
  }

  private static let exitPollInterval = Duration.milliseconds(20)

  /// Reads until the child has closed its end, which it does at the latest when it exits.
  private func drain(_ output: SubprocessOutputSequence, of label: String) async {
    var splitter = LineSplitter()
    do {
      for try await buffer in output {
        for line in splitter.add(buffer.bytes.array()) { take(line, of: label) }
      }
    } catch {
      take("its output could not be read: \(error)", of: label)
    }
    if let line = splitter.finish() { take(line, of: label) }
  }

  private func take(_ line: String, of label: String) {
    lastLines.withLock { lines in
      if lines.count == Self.lastLinesMax { lines.removeFirst() }
      lines.append(line)
    }
    write(label, line)
  }
}
