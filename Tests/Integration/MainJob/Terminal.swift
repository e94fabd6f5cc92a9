import Foundation
import IntegrationSuite

/// Lines of narration: with colour on a terminal, plain when they are piped.
struct Terminal {
  private let usesColour: Bool
  private let lineMax: Int

  init() {
    let variables = ProcessInfo.processInfo.environment
    usesColour = isatty(STDOUT_FILENO) == 1 && variables["NO_COLOR"] == nil
    lineMax = 160
  }

  func title(_ text: String) { write(paint(text, "1")) }

  func note(_ text: String, since start: ContinuousClock.Instant? = nil) {
    write(paint("   \(text)\(start.map(time) ?? "")", "2"))
  }

  func held(
    _ number: Int, _ name: String, _ lines: [String], since start: ContinuousClock.Instant
  ) {
    write("\(paint(mark("✓", "ok"), "32")) \(number). \(name)\(paint(time(start), "2"))")
    for line in lines { write("     \(cut(line))") }
  }

  func failed(_ number: Int, _ name: String, _ reason: String) {
    write("\(paint(mark("✗", "FAILED"), "31")) \(number). \(name)")
    for line in reason.split(separator: "\n").prefix(8) { write("     \(line)") }
  }

  func result(_ held: Int) {
    write("main job: \(held) of \(MainJob.steps.count) steps held")
  }

  /// At once, also into a pipe.
  func write(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }

  private func mark(_ sign: String, _ word: String) -> String { usesColour ? sign : word }

  private func time(_ start: ContinuousClock.Instant) -> String {
    let seconds =
      Double((ContinuousClock.now - start).components.attoseconds) / 1e18
      + Double((ContinuousClock.now - start).components.seconds)
    return " (\(seconds.formatted(.number.precision(.fractionLength(1)))) s)"
  }

  private func cut(_ line: String) -> String {
    line.count <= lineMax ? line : line.prefix(lineMax - 1) + "…"
  }

  private func paint(_ text: String, _ code: String) -> String {
    usesColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
