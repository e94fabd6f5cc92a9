internal import Subprocess
internal import SystemPackage

/// Asks an `inference-worker` beside this tool what tensors a model takes and gives.
struct SignatureProbe {
  /// As in `signature.json`: a model with 1,000 inputs has 100 kB.
  private static let outputBytesMax = 4 << 20
  private static let complaintBytesMax = 64 << 10

  let executables: String

  /// The bytes of `signature.json`.
  func run(_ modelFile: String) async throws(ToolError) -> [UInt8] {
    let worker = "\(executables)/inference-worker"
    let result: ExecutionResult<Void, BytesOutput, StringOutput<UTF8>>
    do {
      result = try await Subprocess.run(
        .path(FilePath(worker)), arguments: ["--probe", modelFile], input: .none,
        output: .bytes(limit: Self.outputBytesMax),
        error: .string(limit: Self.complaintBytesMax))
    } catch {
      throw ToolError(
        .failed, "`\(worker)` could not be run: \(error)",
        advice: "build or install the whole suite, or give the signature with --signature FILE")
    }
    guard result.terminationStatus.isSuccess else {
      throw ToolError(
        .failed,
        "`\(modelFile)` could not be probed: \(result.standardError)",
        advice: "see whether the file is whole; --signature FILE gives the signature by hand")
    }
    return result.standardOutput
  }
}
