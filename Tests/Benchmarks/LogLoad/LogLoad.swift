import AuditLog
import ContentGovernorCore
import Foundation

/// Measures the transparency log in process, or writes to it until it is killed.
///
///     log-load append FOLDER CALLERS SECONDS     entries a second, and how long one waits
///     log-load fill FOLDER COUNT                 a log of so many entries, in big commits
///     log-load prove FOLDER PROOFS               how long a proof takes
///     log-load export FOLDER OUT                 the log as files
///     log-load write FOLDER SEED                 says which entries were acknowledged, until killed
///     log-load check FOLDER SEED                 reads what `write` said, and looks for each
///
/// Figures go to standard output as one JSON object.
@main
enum LogLoad {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 3 else { throw Failure("see the head of LogLoad.swift for its use") }
    let (verb, folder) = (arguments[0], arguments[1])
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let log = try await LogKeeper.open(folder: folder)
    switch verb {
    case "append":
      try await Appending.run(
        log, callers: number(arguments, 2), seconds: number(arguments, 3))
    case "fill": try await Filling.run(log, count: number(arguments, 2))
    case "prove": try await Proving.run(log, count: number(arguments, 2))
    case "export": try await Exporting.run(log, to: arguments[2])
    case "write": try await Writing.write(log, seed: number(arguments, 2))
    case "check": try await Writing.check(log, seed: number(arguments, 2))
    default: throw Failure("`\(verb)` is no verb of log-load")
    }
    await log.close()
  }

  private static func number(_ arguments: [String], _ place: Int) throws -> Int {
    guard place < arguments.count, let number = Int(arguments[place]) else {
      throw Failure("expected a number as argument \(place + 1)")
    }
    return number
  }

  static func say(_ figures: [String: Double]) {
    let fields = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    print("{\(fields.joined(separator: ", "))}")
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
      self.description = description
    }
  }
}
