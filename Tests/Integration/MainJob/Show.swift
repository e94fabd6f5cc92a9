import Foundation
import IntegrationSuite
import UnixSignals

/// Does the main job before a person's eyes.
enum Show {
  private static let usage = """
    main-job [--once]: starts the suite in a folder of its own and does the main job on a real model,
    showing each step. The suite stays up until Ctrl-C.

      --once   end the suite after the last step; exits 0 only if every step held
    """

  static func run(arguments: [String]) async {
    let options = arguments.dropFirst()
    if options.contains("--help") || options.contains("-h") {
      Terminal().write(usage)
      exit(0)
    }
    guard options.allSatisfy({ $0 == "--once" }) else {
      complain("main-job: expected nothing or `--once`, got `\(options.joined(separator: " "))`")
      exit(2)
    }
    let staysUp = options.isEmpty
    let status = await withTaskGroup(of: Int32?.self) { group in
      group.addTask { await work(staysUp: staysUp) }
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return nil }
        return nil
      }
      var status: Int32 = 1
      // Whatever comes first, the work's end or a signal, ends the other.
      for await result in group {
        if let result { status = result }
        group.cancelAll()
      }
      return status
    }
    exit(status)
  }

  /// - Returns: the status to exit with.
  private static func work(staysUp: Bool) async -> Int32 {
    let terminal = Terminal()
    do {
      let checkout = try Checkout()
      let folder = try SuiteFolder()
      defer { folder.remove() }
      terminal.title("slipway: the main job, on real processes in \(folder.root.path)")
      let start = ContinuousClock.now
      let held = try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
        terminal.note("the suite is up: \(suite.endpoints.count / 2) services", since: start)
        let held = await steps(on: suite, terminal)
        if staysUp {
          terminal.result(held)
          if !Task.isCancelled { await stayUp(suite, terminal) }
        }
        return held
      }
      if !staysUp { terminal.result(held) }
      return held == MainJob.steps.count ? 0 : 1
    } catch {
      complain("main-job: \(error)")
      terminal.result(0)
      return 1
    }
  }

  /// - Returns: how many held; those after the first that did not are not tried.
  private static func steps(on suite: RunningSuite, _ terminal: Terminal) async -> Int {
    let job = MainJob(on: suite)
    for (index, step) in MainJob.steps.enumerated() {
      let start = ContinuousClock.now
      do {
        let lines = try await step.run(in: job)
        terminal.held(index + 1, step.name, lines, since: start)
      } catch {
        let reason = Task.isCancelled ? "interrupted" : "\(error)"
        terminal.failed(index + 1, step.name, reason)
        if !Task.isCancelled { complain(suite.logTails()) }
        return index
      }
    }
    return MainJob.steps.count
  }

  private static func stayUp(_ suite: RunningSuite, _ terminal: Terminal) async {
    let slipway = suite.checkout.executables.appending(path: "slipway").path
    terminal.note("the suite stays up; Ctrl-C ends it. Meanwhile, try:")
    let key = suite.keyFile(of: People.pusher).path
    terminal.note("  \(slipway) status --state \(suite.folder.state.path) --key @\(key)")
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}
