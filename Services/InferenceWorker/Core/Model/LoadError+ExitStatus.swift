package import Base

/// What a worker that can't start exits with.
extension ServiceExitStatus {
  package init(workerFailure error: any Error) {
    switch error {
    case is WorkerConfigurationError: self = .settings
    case let error as LoadError: self = error.isFinal ? .refused : .failed
    case let error as EngineError: self = error.isFinal ? .refused : .failed
    default: self = .failed
    }
  }
}

extension LoadError {
  /// Whether loading the version again must end the same way, until somebody signs, pushes or installs
  /// something else.
  var isFinal: Bool {
    switch self {
    case .registry, .cache: false
    case .engine(let error): error.isFinal
    case .evidenceInvalid, .refused, .contentDiffers, .sizeDiffers, .tooLarge, .noModelFile,
      .manyModelFiles, .signatureFileMissing, .signatureFileInvalid, .signatureDiffers,
      .card, .examplesInvalid, .probeFailed, .enginesDisagree, .probeRecordInvalid:
      true
    }
  }
}

extension EngineError {
  fileprivate var isFinal: Bool {
    switch code {
    case .engineMissing, .invalidOptions, .modelInvalid, .modelUnsupported: true
    case .modelMissing, .invalidRequest, .runFailed, .terminated: false
    }
  }
}
