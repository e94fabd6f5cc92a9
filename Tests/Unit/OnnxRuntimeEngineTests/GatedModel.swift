import Dispatch
import InferenceWorkerCore
import Synchronization

/// A real model whose first run waits until it is let go, so that what comes meanwhile shares the next.
final class GatedModel: LoadedModel {
  private let model: any LoadedModel
  private let gate = DispatchSemaphore(value: 0)
  private let entered = Mutex<[[Int]]>([])

  init(_ model: any LoadedModel) { self.model = model }

  var signature: ModelSignature { model.signature }
  /// The shape of each run's first input.
  var shapes: [[Int]] { entered.withLock { $0 } }

  func letGo() { gate.signal() }

  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    let isFirst = entered.withLock { shapes in
      shapes.append(inputs.first?.shape ?? [])
      return shapes.count == 1
    }
    if isFirst { gate.wait() }
    return try model.run(inputs, outputs: outputs, terminator: terminator)
  }
}
