import Dispatch
import InferenceWorkerCore
import Synchronization

/// An identity model `x` -> `y` of FP32 `[n]`. While it is held, calls stay in it until `let go` or
/// until they are ended, as a long computation would.
final class FakeModel: LoadedModel {
  let signature: ModelSignature
  private let failure: EngineError?
  private let refused: Float?
  /// Calls that are held can't be ended, as in one long operator.
  private let heedsNobody: Bool
  private let isHeld: Atomic<Bool>
  private let gate = DispatchSemaphore(value: 0)
  private let entered = Mutex<[[Tensor]]>([])
  private let entries = WakeSignal()

  init(
    holds: Bool = false, failure: EngineError? = nil, refuses refused: Float? = nil,
    heedsNobody: Bool = false, signature: ModelSignature? = nil
  ) throws {
    isHeld = Atomic(holds)
    self.refused = refused
    self.heedsNobody = heedsNobody
    self.failure = failure
    self.signature = try signature ?? FakeModel.identity
  }

  static var identity: ModelSignature {
    get throws {
      try ModelSignature(
        inputs: [TensorSpec(name: "x", datatype: .fp32, shape: ["n"])],
        outputs: [TensorSpec(name: "y", datatype: .fp32, shape: ["n"])])
    }
  }

  /// The inputs of every call that has reached the model.
  var calls: [[Tensor]] { entered.withLock { $0 } }

  /// Returns once a further call has entered.
  func waitForCall() async { await entries.wait() }

  /// Lets one held call finish.
  func letGo() { gate.signal() }

  /// Holds further calls.
  func hold() { isHeld.store(true, ordering: .releasing) }

  /// Holds no call any more.
  func letGoForGood() {
    isHeld.store(false, ordering: .releasing)
    gate.signal()
  }

  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    entered.withLock { $0.append(inputs) }
    entries.wake()
    if let failure { throw failure }
    if isHeld.load(ordering: .acquiring) { try hold(terminator) }
    if let refused, inputs[0].elements.contains(refused) {
      throw EngineError(.runFailed, "the model failed on this request")
    }
    return signature.outputs.filter { outputs.isEmpty || outputs.contains($0.name) }.map { spec in
      Tensor(
        name: spec.name, datatype: inputs[0].datatype, shape: inputs[0].shape,
        contents: inputs[0].contents)
    }
  }

  private func hold(_ terminator: RunTerminator?) throws(EngineError) {
    guard let terminator else {
      gate.wait()
      return
    }
    try terminator.run(stop: { [gate, heedsNobody] in if !heedsNobody { gate.signal() } }) {
      gate.wait()
    }
    if terminator.isTerminated { throw RunTerminator.terminated }
  }
}
