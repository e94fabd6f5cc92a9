package import RPC
package import Trust

/// Why a worker can't serve its version. The description is for an operator.
package enum LoadError: Error, Sendable {
  /// The registry did not answer, or not with what was asked for. Worth a retry.
  case registry(RPCError)
  /// What the registry sent can't be the evidence of a version.
  case evidenceInvalid(reason: String)
  /// The signatures do not allow this version here. Final until someone signs or trust changes.
  case refused(DeploymentRefusal)
  /// What was fetched is not what was signed.
  case contentDiffers(path: String, expected: ContentDigest, actual: ContentDigest)
  case sizeDiffers(path: String, expected: UInt64, actual: UInt64)
  case tooLarge(path: String, byteCount: UInt64)
  /// The cache can't be read or written. Worth a retry once the disk is well.
  case cache(path: String, reason: String)
  case noModelFile(extensions: [String], files: [String])
  case manyModelFiles([String], expected: [String])
  case signatureFileMissing
  case signatureFileInvalid(SignatureError)
  /// The model in the file is not the one that `signature.json` describes.
  case signatureDiffers(SignatureDifference)
  /// The card asks for what this model can't have.
  case card(String)
  case engine(EngineError)
  /// Inputs that a card gives which the model can't take.
  case examplesInvalid(reason: String)
  /// No engine can serve the model; what each says.
  case probeFailed([String])
  /// Two engines compute different things from the same input.
  case enginesDisagree(
    engine: String, tensor: String, difference: Double, caseTitle: String, tolerance: Tolerance)
  /// The model's record can't be read.
  case probeRecordInvalid(reason: String)
}

extension LoadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .registry(let error): "the registry did not give the version: \(error.message)"
    case .evidenceInvalid(let reason):
      "the registry's evidence of the version is unusable: \(reason)"
    case .refused(let refusal): "the version may not be loaded here: \(refusal)"
    case .contentDiffers(let path, let expected, let actual):
      "the content of \(quoted(path)) is \(actual); expected \(expected) as it was signed"
    case .sizeDiffers(let path, let expected, let actual):
      "\(quoted(path)) has \(actual) bytes; expected \(expected)"
    case .tooLarge(let path, let byteCount):
      "\(quoted(path)) has \(byteCount) bytes; expected at most \(ArtifactCache.fileBytesMax)"
    case .cache(let path, let reason): "the model cache failed at `\(path)`: \(reason)"
    case .noModelFile(let extensions, let files):
      "the version has no model file; expected one of \(Self.list(extensions.map { "*." + $0 })), "
        + "got \(Self.list(files))"
    case .manyModelFiles(let found, let expected):
      "the version has the model files \(Self.list(found)); expected one, or one that is named "
        + Self.list(expected)
    case .signatureFileMissing:
      "the version has no `\(ModelSignature.fileName)`; push it again with the current tool"
    case .signatureFileInvalid(let error): "`\(ModelSignature.fileName)`: \(error)"
    case .signatureDiffers(let difference):
      "the model is not the one that `\(ModelSignature.fileName)` describes: \(difference)"
    case .card(let reason): "`card.yaml`: \(reason)"
    case .engine(let error): error.message
    case .examplesInvalid(let reason): "the inputs that the card gives: \(reason)"
    case .probeFailed(let reasons):
      "no engine can serve the model: " + reasons.joined(separator: "; ")
    case .enginesDisagree(let engine, let tensor, let difference, let title, let tolerance):
      "the engines disagree: \(engine)'s output \(quoted(tensor)) differs by "
        + (difference < .greatestFiniteMagnitude ? "\(difference)" : "its shape or its contents")
        + " in case `\(title)`; expected at most \(tolerance.absolute) and \(tolerance.relative) of the "
        + "value; name one engine in the card if that is right"
    case .probeRecordInvalid(let reason): "`\(ProbeRecord.fileName)`: \(reason)"
    }
  }

  private static func list(_ names: [String]) -> String {
    let namesMax = 10
    let rest = names.count > namesMax ? " and \(names.count - namesMax) more" : ""
    return names.prefix(namesMax).map { quoted($0) }.joined(separator: ", ") + rest
  }
}
