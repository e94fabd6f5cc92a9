import Base
import RPC
import Testing
import Trust

@testable import InferenceWorkerCore

@Suite struct ExitStatusTests {
  private static let digest = ContentDigest(of: [])

  @Test(
    "a worker that no start can help says so by its exit status",
    arguments: [
      (LoadError.evidenceInvalid(reason: "x"), ServiceExitStatus.refused),
      (.contentDiffers(path: "m", expected: digest, actual: digest), .refused),
      (.sizeDiffers(path: "m", expected: 1, actual: 2), .refused),
      (.noModelFile(extensions: [], files: []), .refused),
      (.signatureFileMissing, .refused),
      (.engine(EngineError(.modelInvalid, "x")), .refused),
      (.engine(EngineError(.engineMissing, "x")), .refused),
      (.engine(EngineError(.runFailed, "x")), .failed),
      (.registry(RPCError(.unavailable, "x")), .failed),
      (.cache(path: "c", reason: "x"), .failed),
    ])
  func loadErrors(_ error: LoadError, _ expected: ServiceExitStatus) {
    #expect(ServiceExitStatus(workerFailure: error) == expected)
    #expect(expected.isFinal == (expected == .refused))
  }

  @Test("wrong settings are told apart from a start that failed")
  func settings() {
    #expect(throws: WorkerConfigurationError.self) {
      try WorkerConfiguration(stateDirectory: "s") { ["model": "m", "version": "none"][$0] }
    }
    #expect(
      ServiceExitStatus(workerFailure: WorkerConfigurationError.invalid("x")) == .settings)
    #expect(ServiceExitStatus(workerFailure: CancellationError()) == .failed)
  }
}
