import Base
import Contracts
import Logging
@testable import RPC
import Synchronization
import Testing

@testable import InferenceWorkerCore

@Suite struct WorkerServiceTests {
  private let clock = ManualClock()

  private func service(
    _ registry: FakeRegistry, cache: String, model: any LoadedModel
  ) throws -> WorkerService {
    let never = WakeSignal()
    return WorkerService(
      configuration: WorkerConfiguration(
        workerID: "w1", model: "demo", version: 3, cacheFolder: cache),
      registry: registry, trust: try SignedVersion.trust(), engines: [FakeEngine(model)],
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock,
      // Pauses take no time; limits, which are longer, are never reached.
      sleep: { [clock] duration in
        if duration < .seconds(10) { clock.advance(by: duration) } else { await never.wait() }
      },
      wallClock: { SignedVersion.now })
  }

  private func context(peer: PeerIdentity = .service("gateway")) -> CallContext {
    CallContext(
      method: Inference.API.modelInfer.descriptor, origin: CallOrigin(peer: peer),
      deadline: .distantFuture, traceparent: nil, model: "demo", version: "3", requestID: "")
  }

  private func request(
    model: String = "demo", version: String = "", values: [Float] = [1, 2], input: String = "x",
    outputs: [String] = []
  ) -> Inference.ModelInferRequest {
    .init(
      modelName: model, modelVersion: version, id: "id-1",
      inputs: [
        .init(
          name: input, datatype: "FP32", shape: [Int64(values.count)],
          contents: .init(fp32Contents: values))
      ],
      outputs: outputs.map { .init(name: $0) })
  }

  @Test func `a verified version is loaded, answers, drains and gives its lease back`() async throws
  {
    try await withTemporaryFolder { cache in
      let registry = try SignedVersion().registry()
      let service = try service(registry, cache: cache, model: FakeModel())
      #expect(service.fault == "the worker is loading")
      try await service.load()
      #expect(service.fault == nil)
      service.listens(at: "127.0.0.1:7070")
      async let life: Void = service.start()
      while registry.state.withLock({ $0.leases }).isEmpty { await Task.yield() }
      let response = try await service.infer(request(outputs: ["y"]), context())
      #expect(response.outputs.map(\.name) == ["y"])
      #expect(response.outputs[0].contents?.fp32Contents == [1, 2])
      #expect((response.id, response.modelName, response.modelVersion) == ("id-1", "demo", "3"))
      await service.drain(reason: "the test is over")
      await life
      #expect(service.phase == .stopped)
      #expect(registry.state.withLock { $0.leases }.isEmpty)
      let error = await #expect(throws: RPCError.self) {
        try await service.infer(request(), context())
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test
  func `a worker whose engine hangs answers, gives its lease back, and says that it must end`()
    async throws
  {
    try await withTemporaryFolder { cache in
      let registry = try SignedVersion().registry()
      let model = try FakeModel(heedsNobody: true)
      let service = try service(registry, cache: cache, model: model)
      try await service.load()
      service.listens(at: "127.0.0.1:7070")
      async let life: Void = service.start()
      while registry.state.withLock({ $0.leases }).isEmpty { await Task.yield() }
      let before = model.calls.count
      model.hold()
      let stuck = Task { () async -> RPCError? in
        do throws(RPCError) {
          _ = try await service.infer(request(), context())
          return nil
        } catch {
          return error
        }
      }
      while model.calls.count == before { await Task.yield() }
      await service.watchEngine()
      // Nobody tries it elsewhere.
      #expect(await stuck.value?.code == .internalError)
      #expect(service.phase == .draining)
      while !registry.state.withLock({ $0.leases }).isEmpty { await Task.yield() }
      model.letGoForGood()
      await life
    }
  }

  @Test func `an unapproved version never reaches the cache or the engine`() async throws {
    try await withTemporaryFolder { cache in
      var version = try SignedVersion()
      version.approvers = [2]
      let registry = try version.registry()
      let model = try FakeModel()
      let service = try service(registry, cache: cache, model: model)
      await #expect(throws: LoadError.self) { try await service.load() }
      #expect(service.phase == .failed)
      #expect(registry.calls == ["GetEvidence"])
      #expect(model.calls.isEmpty)
    }
  }

  @Test func `requests that don't fit are refused by name and never reach the engine`()
    async throws
  {
    try await withTemporaryFolder { cache in
      let model = try FakeModel()
      let service = try service(try SignedVersion().registry(), cache: cache, model: model)
      try await service.load()
      let warmRuns = model.calls.count
      let refusals: [(Inference.ModelInferRequest, StatusCode, String)] = [
        (request(model: "other"), .notFound, "`other`"),
        (request(version: "4"), .notFound, "version `4`"),
        (request(input: "z"), .invalidArgument, "no input `z`"),
        (request(outputs: ["z"]), .invalidArgument, "`z`"),
      ]
      for (request, code, part) in refusals {
        let error = await #expect(throws: RPCError.self) {
          try await service.infer(request, context())
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
      }
      #expect(model.calls.count == warmRuns)
      // An alias is the gateway's business: it has been resolved.
      _ = try await service.infer(request(version: "stable"), context())
      async let life: Void = service.start()
      await service.drain(reason: "the test is over")
      await life
    }
  }

  @Test func `the registry's wish drains the worker`() async throws {
    try await withTemporaryFolder { cache in
      let registry = try SignedVersion().registry()
      registry.state.withLock { $0.leaseState = "draining" }
      let service = try service(registry, cache: cache, model: FakeModel())
      try await service.load()
      await service.start()
      #expect(service.phase == .stopped)
      #expect(registry.calls.last == "ReleaseLease")
    }
  }

  @Test func `the end of the process drains the worker and gives its lease back`() async throws {
    try await withTemporaryFolder { cache in
      let registry = try SignedVersion().registry()
      let service = try service(registry, cache: cache, model: FakeModel())
      try await service.load()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await service.start() }
        while registry.state.withLock({ $0.leases }).isEmpty { await Task.yield() }
        group.cancelAll()
      }
      #expect(service.phase == .stopped)
      #expect(registry.calls.last == "ReleaseLease")
    }
  }

  @Test func `the router has every method of inference and of the worker`() throws {
    let service = try service(FakeRegistry(), cache: "", model: FakeModel())
    var router = Router()
    service.register(on: &router)
    #expect(
      Set(router.descriptors.map(\.name))
        == Set((Inference.API.all + Worker.API.all).map(\.name)))
  }

  @Test(arguments: [
    (EngineError.Code.invalidRequest, StatusCode.invalidArgument),
    (.runFailed, .internalError), (.terminated, .cancelled),
    (.modelUnsupported, .failedPrecondition),
  ]) func `an engine's error becomes a status without its cause`(
    code: EngineError.Code, status: StatusCode
  ) {
    let error = RPCError(
      EngineError(code, "for the caller", cause: "/secret"), reference: "r1")
    #expect(error.code == status)
    #expect(error.message == "for the caller")
    #expect(error.reference == "r1")
  }

  @Test func `settings are read by name and refused by name`() throws {
    let configuration = try WorkerConfiguration(stateDirectory: "/s") {
      ["model": "demo", "version": "3", "queue.max": "9"][$0]
    }
    #expect(configuration.queueMax == 9)
    #expect(configuration.cacheFolder == "/s/cache")
    #expect(configuration.environment == "production")
    for (settings, variable) in [
      ([:], "SLIPWAY_MODEL"), (["model": "demo"], "SLIPWAY_VERSION"),
      (["model": "demo", "version": "x"], "SLIPWAY_VERSION"),
      (["model": "demo", "version": "3", "engine.threads": "0"], "SLIPWAY_ENGINE_THREADS"),
    ] as [([String: String], String)] {
      let error = #expect(throws: WorkerConfigurationError.self) {
        try WorkerConfiguration(stateDirectory: "/s") { settings[$0] }
      }
      #expect(error?.description.contains("`\(variable)`") == true)
    }
  }
}
