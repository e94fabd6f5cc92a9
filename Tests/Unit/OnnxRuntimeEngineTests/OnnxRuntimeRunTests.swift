import Dispatch
import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import Synchronization
import Testing

@Suite struct OnnxRuntimeRunTests {
  @Test(arguments: try GoldenCase.all())
  func `a model answers as it does in Python`(golden: GoldenCase) throws {
    let model = try Fixtures.load(golden.model)
    let inputs = golden.inputs.map(\.tensor)
    try RequestValidator(signature: model.signature).validate(inputs: inputs)
    let outputs = try model.run(
      inputs, outputs: golden.outputs.map(\.name), terminator: nil)
    #expect(outputs.map(\.name) == golden.outputs.map(\.name))
    for (output, expected) in zip(outputs, golden.outputs.map(\.tensor)) {
      guard output.datatype == .fp32, golden.model == "mlp" || golden.model == "dynamic" else {
        #expect(output == expected)
        continue
      }
      // Kernels for other CPUs add in another order.
      #expect(output.shape == expected.shape)
      #expect(output.floats.count == expected.floats.count)
      for (value, wanted) in zip(output.floats, expected.floats) {
        #expect(abs(value - wanted) <= 1e-5 * max(1, abs(wanted)))
      }
    }
  }

  @Test func `strings pass with empty, NUL and any other bytes`() throws {
    let model = try Fixtures.load("strings")
    let left: [[UInt8]] = [[], [0], [1, 0, 2], Array("日本".utf8), [0xFF, 0xFE], []]
    let right: [[UInt8]] = [
      [], [0], [0], Array("é".utf8), [0x80], [UInt8](repeating: 0, count: 99),
    ]
    let weight = Tensor(
      name: "weight", datatype: .fp64, shape: [2], contents: .raw([UInt8](repeating: 0, count: 16)))
    let outputs = try model.run(
      [Fixtures.strings("right", right), weight, Fixtures.strings("left", left)],
      outputs: ["same", "joined"], terminator: nil)
    #expect(outputs.map(\.name) == ["same", "joined"])
    #expect(outputs[0].contents == .strings(left))
    #expect(outputs[1].contents == .strings(zip(left, right).map { $0 + $1 }))
  }

  @Test(arguments: [1, 2]) func `eight threads on one model each get their own answer`(
    intraOpThreads: Int
  ) throws {
    var options = EngineOptions()
    options.intraOpThreads = intraOpThreads
    let model = try Fixtures.load("dynamic", options: options)
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for call in 0..<200 {
        let width = 1 + (call + thread) % 7
        let value = Float(thread * 1000 + call)
        let a = Fixtures.floats("a", [2, width], .init(repeating: value, count: 2 * width))
        let b = Fixtures.floats("b", [2, width], .init(repeating: 1, count: 2 * width))
        let scale = Fixtures.floats("scale", [], [2])
        let outputs = try? model.run([a, b, scale])
        let expected: [[Float]] = [
          .init(repeating: (value + 1) * 2, count: 2 * width),
          .init(repeating: (value + 1) * 2 * Float(width), count: 2),
        ]
        if outputs?.map(\.floats) != expected { wrong.withLock { $0 += 1 } }
      }
    }
    #expect(wrong.withLock { $0 } == 0)
  }

  @Test func `outputs outlive their model`() throws {
    let outputs = try Fixtures.load("sequence-output").run([Fixtures.floats("x", [2], [1, 2])])
    #expect(outputs.map(\.name) == ["parts.values", "parts.shapes", "same"])
    #expect(outputs.map(\.floats) == [[1, 2], [], [1, 2]])
  }

  @Test func `a running call ends when it is terminated`() throws {
    let model = try Fixtures.load("loop")
    let terminator = RunTerminator()
    let result = Mutex<Result<[Tensor], EngineError>?>(nil)
    let group = DispatchGroup()
    DispatchQueue(label: "endless call").async(group: group) {
      let endless = [
        Fixtures.int64s("times", [], [.max]), Fixtures.floats("start", [4], [1, 1, 1, 1]),
      ]
      let outcome = Result { () throws(EngineError) in
        try model.run(endless, outputs: [], terminator: terminator)
      }
      result.withLock { $0 = outcome }
    }
    while !terminator.isRunning, result.withLock({ $0 == nil }) { sched_yield() }
    terminator.terminate()
    #expect(group.wait(timeout: .now() + 30) == .success)
    #expect(throws: RunTerminator.terminated) { try result.withLock { $0 }?.get() }

    let short = [Fixtures.int64s("times", [], [1]), Fixtures.floats("start", [4], [3, 1, 1, 1])]
    let next = try model.run(short, outputs: [], terminator: RunTerminator())
    #expect(next.first?.floats == [9, 1, 1, 1])
  }

  @Test func `a call that was ended before does not run`() throws {
    let model = try Fixtures.load("loop")
    let terminator = RunTerminator()
    terminator.terminate()
    let inputs = [Fixtures.int64s("times", [], [1]), Fixtures.floats("start", [4], [3, 1, 1, 1])]
    #expect(throws: RunTerminator.terminated) {
      try model.run(inputs, outputs: [], terminator: terminator)
    }
  }

  @Test func `a failure inside the model is an error with its cause, and the log gets the line`()
    throws
  {
    let model = try Fixtures.load("reshape")
    let error = #expect(throws: EngineError.self) {
      try model.run([
        Fixtures.floats("x", [3], [1, 2, 3]), Fixtures.int64s("shape", [2], [2, 2]),
      ])
    }
    #expect(error?.code == .runFailed)
    #expect(error?.message == "the model failed on this request")
    #expect(error?.cause?.contains("Reshape") == true)
    let logged = Fixtures.logged.withLock { $0 }
    #expect(logged.contains { $0.level == .error && $0.line.contains("Reshape") })
  }

  static let unchecked: [(String, [Tensor], [String])] = [
    ("a missing input", [Fixtures.floats("x", [1], [1])], []),
    (
      "an input twice",
      [Fixtures.floats("x", [1], [1]), Fixtures.floats("x", [1], [1])], []
    ),
    (
      "an unknown input",
      [Fixtures.floats("x", [1], [1]), Fixtures.floats("z", [1], [1])], []
    ),
    (
      "too few bytes",
      [Fixtures.floats("x", [1 << 20], [1]), Fixtures.int64s("shape", [2], [1, 1])], []
    ),
    (
      "too many bytes",
      [Fixtures.floats("x", [1], [1, 2]), Fixtures.int64s("shape", [2], [1, 1])], []
    ),
    (
      "negative dimensions",
      [Fixtures.floats("x", [-1, -1], [1]), Fixtures.int64s("shape", [2], [1, 1])], []
    ),
    (
      "another datatype",
      [Fixtures.int64s("x", [1], [1]), Fixtures.int64s("shape", [2], [1, 1])], []
    ),
    (
      "raw bytes for strings",
      [
        Tensor(name: "x", datatype: .bytes, shape: [1], contents: .raw([1])),
        Fixtures.int64s("shape", [2], [1, 1]),
      ], []
    ),
    (
      "strings for floats",
      [
        Tensor(name: "x", datatype: .fp32, shape: [1], contents: .strings([[1]])),
        Fixtures.int64s("shape", [2], [1, 1]),
      ], []
    ),
    (
      "an unknown output",
      [Fixtures.floats("x", [1], [1]), Fixtures.int64s("shape", [2], [1, 1])], ["z"]
    ),
  ]

  @Test(arguments: unchecked)
  func `a request that was not validated is an error, not a crash`(
    what: String, inputs: [Tensor], outputs: [String]
  ) throws {
    let model = try Fixtures.load("reshape")
    let error = #expect(throws: EngineError.self) {
      try model.run(inputs, outputs: outputs, terminator: nil)
    }
    #expect(error?.code == .invalidRequest || error?.code == .runFailed)
  }
}
