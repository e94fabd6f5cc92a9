internal import Foundation
internal import Subprocess
internal import SystemPackage
internal import Trust

/// Asks an `inference-worker` beside this tool what a model is and which engine serves it best.
///
/// What it said is kept by what was asked of it, so that a push that is repeated pushes the same version.
struct ModelProbe {
  /// The two files that probing adds to a version.
  struct Result: Equatable {
    var signature: [UInt8]
    var record: [UInt8]

    /// From the two lines that the worker prints.
    init?(lines: [UInt8]) {
      let parts = lines.split(separator: UInt8(ascii: "\n"))
      guard parts.count == 2 else { return nil }
      signature = Array(parts[0])
      record = Array(parts[1])
    }

    var lines: [UInt8] { signature + [UInt8(ascii: "\n")] + record }
  }

  /// As in `signature.json`, a model with 1,000 inputs has 100 kB, and some engines' figures.
  private static let outputBytesMax = 4 << 20
  private static let complaintBytesMax = 64 << 10

  let executables: String
  /// Where results are kept.
  let shelf: String

  init(_ context: ToolContext) {
    executables = context.executables
    shelf =
      URL(fileURLWithPath: IdentityFolder(context).path).deletingLastPathComponent()
      .appending(path: "probes").path
  }

  /// - Parameters:
  ///   - files: all of the version's, of which what is said depends.
  ///   - card: what the card asks for.
  func run(
    _ modelFile: String, files: [PushFile], card: CardAdvice
  ) async throws(ToolError) -> Result {
    let key = "\(shelf)/\(digest(of: modelFile, files, card)).jsonl"
    if let kept = FileManager.default.contents(atPath: key),
      let result = Result(lines: [UInt8](kept))
    {
      return result
    }
    let examples = try card.exampleFile()
    defer { if let examples { try? FileManager.default.removeItem(atPath: examples) } }
    let result = try await ask(
      ["--probe", modelFile] + card.arguments + (examples.map { ["--examples", $0] } ?? []),
      about: modelFile)
    // Kept for the next try only: it can be measured again.
    try? FileManager.default.createDirectory(
      atPath: shelf, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try? Data(result.lines).write(to: URL(fileURLWithPath: key), options: .atomic)
    return result
  }

  private func digest(of modelFile: String, _ files: [PushFile], _ card: CardAdvice) -> String {
    var text = "\(modelFile.split(separator: "/").last ?? "")\n\(card.arguments)\n\(card.examples)"
    for file in files.sorted(by: { $0.path < $1.path }) {
      text += "\n\(file.path.utf8.count) \(file.path) \(file.digest.hex)"
    }
    return ContentDigest(of: Array(text.utf8)).hex
  }

  private func ask(
    _ arguments: [String], about modelFile: String
  ) async throws(ToolError) -> Result {
    let worker = "\(executables)/inference-worker"
    let result: ExecutionResult<Void, BytesOutput, StringOutput<UTF8>>
    do {
      result = try await Subprocess.run(
        .path(FilePath(worker)), arguments: Arguments(arguments), input: .none,
        output: .bytes(limit: Self.outputBytesMax),
        error: .string(limit: Self.complaintBytesMax))
    } catch {
      throw ToolError(
        .failed, "`\(worker)` could not be run: \(error)",
        advice: "build or install the whole suite, or give the signature with --signature FILE")
    }
    let complaint = (result.standardError).trimmingCharacters(in: .whitespacesAndNewlines)
    guard result.terminationStatus.isSuccess else {
      throw ToolError(
        .failed, "`\(modelFile)` could not be probed: \(complaint)",
        advice: "see whether the file is whole; --signature FILE gives the signature by hand")
    }
    guard let found = Result(lines: result.standardOutput) else {
      throw ToolError(.failed, "`\(worker)` gave an answer that is none: are both of one release?")
    }
    return found
  }
}
