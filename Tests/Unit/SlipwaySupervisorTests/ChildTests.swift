import Foundation
import Glibc
import Synchronization
import Testing

@testable import SlipwaySupervisor

@Suite("Children", .timeLimit(.minutes(5)))
struct ChildTests {
  /// A child that a shell script plays, with what happened to it.
  private final class Play: Sendable {
    let events: AsyncStream<ChildEvent>
    let lines: AsyncStream<String>
    let child: Child

    init(_ script: String, grace: Duration = .seconds(10)) {
      let (events, event) = AsyncStream<ChildEvent>.makeStream()
      let (lines, line) = AsyncStream<String>.makeStream()
      self.events = events
      self.lines = lines
      var limits = RestartPolicy.Limits()
      limits.waitMin = .milliseconds(1)
      limits.waitMax = .milliseconds(5)
      child = Child(
        limits: limits, grace: grace, write: { line.yield($1) },
        report: {
          event.yield($0)
          if $0 == .stopped {
            event.finish()
            line.finish()
          }
        },
        launch: {
          Launch(
            label: "child", executablePath: "/bin/sh", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin"])
        })
    }
  }

  @Test("a killed child starts again, and stops when asked")
  func restarts() async {
    let play = Play("exec sleep 1000")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      var processes: [Int32] = []
      var reasons: [String] = []
      for await event in play.events {
        switch event {
        case .started(_, let process):
          processes.append(process)
          if processes.count < 3 { kill(process, SIGKILL) } else { play.child.stop() }
        case .ended(let ending, _): reasons.append(ending.reason)
        default: break
        }
      }
      #expect(Set(processes).count == 3)
      #expect(reasons == ["killed by signal 9", "killed by signal 9"])
      for process in processes { #expect(kill(process, 0) == -1) }
    }
  }

  @Test("what a child writes, on both pipes, arrives line by line")
  func output() async {
    let play = Play("echo one; echo two >&2; printf three")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      var lines: [String] = []
      for await line in play.lines {
        lines.append(line)
        if lines.count == 3 { play.child.stop() }
      }
      #expect(lines.prefix(3) == ["one", "two", "three"])
    }
  }

  @Test("SIGTERM lets a child finish; one that will not is killed after the grace")
  func grace() async {
    let polite = Play("trap 'echo bye; exit 0' TERM; echo up; while :; do read x || exit 1; done")
    let stubborn = Play(
      "trap '' TERM; echo up; while :; do sleep 0.01; done", grace: .milliseconds(50))
    for play in [polite, stubborn] {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await play.child.run() }
        for await line in play.lines where line == "up" { play.child.stop() }
      }
    }
  }

  @Test("a child that crashes again and again is called parked, with its last words")
  func parked() async {
    let play = Play("echo out of luck >&2; exit 3")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      for await event in play.events {
        if case .parked(_, let lines) = event {
          #expect(lines == ["out of luck"])
          play.child.stop()
        }
      }
    }
  }

  @Test(
    "a child that says that another start does not help is not started again", arguments: [2, 3])
  func refused(status: Int) async {
    let play = Play("echo starting; echo 'sh: set `X`: expected a number' >&2; exit \(status)")
    // Returns although nobody stops it.
    await play.child.run()
    let refusal = Refusal(label: "child", reason: "set `X`: expected a number")
    var refusals: [Refusal] = []
    for await event in play.events {
      if case .refused(let refusal) = event { refusals.append(refusal) }
    }
    #expect(refusals == [refusal])
    #expect(play.child.refusal == refusal)
  }

  @Test("a crash comes with the child's last words, and one that is given up is not started again")
  func givenUp() async {
    let play = Play("echo 'sh: no luck today'; echo; kill -SEGV $$")
    let refusal = Refusal(label: "child", reason: "enough")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      var endings: [ChildEnding] = []
      for await event in play.events {
        guard case .ended(let ending, _) = event else { continue }
        endings.append(ending)
        if endings.count == 2 { play.child.giveUp(refusal) }
      }
      let ending = ChildEnding(
        label: "child", reason: "killed by signal 11", isCrash: true, lastWords: "no luck today")
      #expect(endings == [ending, ending])
      #expect(play.child.refusal == refusal)
    }
  }

  @Test("a child that is killed starts again")
  func killed() async {
    let play = Play("exec sleep 1000")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      var starts = 0
      for await event in play.events {
        guard case .started = event else { continue }
        starts += 1
        if starts == 1 { play.child.kill() } else { play.child.stop() }
      }
      #expect(starts == 2)
    }
  }

  @Test("a child that has closed its output can be stopped")
  func closedOutput() async {
    let play = Play("exec sleep 1000 >&- 2>&-")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      for await event in play.events {
        guard case .started(_, let process) = event else { continue }
        // Until the shell has become `sleep`, whose output is closed.
        while FileManager.default.fileExists(atPath: "/proc/\(process)/fd/1") {
          try? await Task.sleep(for: .milliseconds(5))
        }
        // The keeper reads the end of it now; it has all the time it wants.
        for _ in 0..<1_000 { await Task.yield() }
        play.child.stop()
      }
    }
  }

  @Test("an executable that is not there is an end like any other")
  func missing() async {
    let (events, event) = AsyncStream<ChildEvent>.makeStream()
    let child = Child(
      grace: .seconds(1), write: { _, _ in }, report: { event.yield($0) },
      launch: { Launch(label: "x", executablePath: "/nonexistent/x") })
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await child.run() }
      for await event in events {
        guard case .ended(let ending, _) = event else { continue }
        #expect(ending.reason.hasPrefix("it could not be run") && !ending.isCrash)
        break
      }
      child.stop()
    }
  }

  @Test("a child reads the end of its standard input when its keeper is gone, not before")
  func standardInput() async {
    // `read` ends only when the other end of the pipe closes, which stopping does not do.
    let play = Play("echo up; read x; echo ended")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await play.child.run() }
      var lines: [String] = []
      for await line in play.lines {
        lines.append(line)
        if line == "up" { play.child.stop() }
      }
      #expect(lines == ["up"])
    }
  }
}
