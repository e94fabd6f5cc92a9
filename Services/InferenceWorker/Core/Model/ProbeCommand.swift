internal import Foundation

/// Learns a model file's signature: `inference-worker --probe FILE`.
///
/// Meant for a process of its own: an engine may end the process on a hostile file.
package enum ProbeCommand {
  package static let flag = "--probe"
  package static let usage = "inference-worker --probe FILE: print the signature of a model file"
  package static let failureExitCode: Int32 = 2

  /// The bytes of the file's `signature.json`. Blocks while the model loads.
  /// - Throws: `noModelFile` if no engine takes files of this name, `engine`,
  ///   `signatureFileInvalid`.
  package static func run(
    modelFile path: String, engines: [any InferenceEngine]
  ) throws(LoadError) -> [UInt8] {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let engine = ModelLoader.engine(for: name, among: engines) else {
      throw .noModelFile(
        extensions: engines.flatMap { $0.fileExtensions.sorted() }, files: [name])
    }
    let signature: ModelSignature
    do throws(EngineError) {
      signature = try engine.load(modelFile: path, options: EngineOptions()).signature
    } catch {
      throw .engine(error)
    }
    do throws(SignatureError) {
      return [UInt8](try signature.fileContents())
    } catch {
      throw .signatureFileInvalid(error)
    }
  }

  /// Does the whole verb if these arguments ask for it: the signature on standard output, an error on
  /// standard error.
  /// - Parameter arguments: those of the process, its own name first.
  /// - Returns: the exit code; nil if the arguments ask for something else.
  package static func runIfAsked(
    arguments: [String], engines: () throws(EngineError) -> [any InferenceEngine]
  ) -> Int32? {
    guard arguments.count > 1, arguments[1] == flag else { return nil }
    guard arguments.count == 3 else {
      return fail("expected one model file: `inference-worker \(flag) FILE`")
    }
    do throws(EngineError) {
      let engines = try engines()
      do throws(LoadError) {
        let signature = try run(modelFile: arguments[2], engines: engines)
        try? FileHandle.standardOutput.write(contentsOf: Data(signature))
        return 0
      } catch {
        return fail(error.description)
      }
    } catch {
      return fail(error.message)
    }
  }

  private static func fail(_ message: String) -> Int32 {
    try? FileHandle.standardError.write(contentsOf: Data("\(message)\n".utf8))
    return failureExitCode
  }
}
