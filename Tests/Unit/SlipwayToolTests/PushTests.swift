import Contracts
import Foundation
import RPC
import Synchronization
import Testing
import Trust

@testable import SlipwayTool

@Suite("Push")
struct PushTests {
  /// A registry that keeps what is pushed, and loses the connection when it is told to.
  private final class Store: Sendable {
    struct State {
      var request: Registry.BeginPushRequest?
      var content: [[UInt8]: [UInt8]] = [:]
      var chunks: [Int] = []
      var failuresLeft = 0
    }

    let state = Mutex(State())
    let gateway = FakeGateway()

    init() {
      gateway.on(Registry.API.beginPush) { request in
        self.state.withLock { state in
          state.request = request
          return Registry.BeginPushResponse(
            pushID: "p",
            progress: request.files.map {
              .init(sha256: $0.sha256, stored: UInt64(state.content[$0.sha256]?.count ?? 0))
            })
        }
      }
      gateway.on(Registry.API.putChunk) { request throws(RPCError) in
        try self.state.withLock { state throws(RPCError) in
          let stored = state.content[request.sha256, default: []]
          guard stored.count == Int(request.offset) else {
            throw RPCError(.aborted, "another offset")
          }
          if state.failuresLeft > 0 {
            state.failuresLeft -= 1
            throw RPCError(.unavailable, "gone", retryAfter: .milliseconds(1))
          }
          state.chunks.append(request.content.count)
          state.content[request.sha256] = stored + request.content
          return Registry.PutChunkResponse(stored: UInt64(stored.count + request.content.count))
        }
      }
      gateway.on(Registry.API.commitPush) { _ in Registry.Version(model: "m", number: 1) }
    }
  }

  private func arguments(_ folder: String, extra: [String] = []) throws -> [String] {
    var generator = SystemRandomNumberGenerator()
    let big = (0..<(PushFile.chunkBytesMax * 2 + 10)).map { _ in
      UInt8(truncatingIfNeeded: generator.next())
    }
    try Data(big).write(to: URL(fileURLWithPath: "\(folder)/model.onnx"))
    try Data("labels".utf8).write(to: URL(fileURLWithPath: "\(folder)/labels.txt"))
    try Data("name: m\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/card.yaml"))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/signature.json"))
    try SigningKey.generate(comment: "alice").save(to: "\(folder)/alice.key")
    return [
      "model", "push", "m", "\(folder)/model.onnx", "\(folder)/labels.txt", "--card",
      "\(folder)/card.yaml", "--signature", "\(folder)/signature.json", "--identity",
      "\(folder)/alice.key",
    ] + extra
  }

  @Test("sends every file in chunks, under a signature that holds")
  func sends() async throws {
    try await withFolder { folder in
      let store = Store()
      let run = await Run(
        try arguments(folder, extra: ["--data", "set-1", "--json"]), on: store.gateway)
      #expect(run.status == 0, "\(run.complaint)")
      let state = store.state.withLock { $0 }
      let request = try #require(state.request)
      #expect(
        request.files.map(\.path) == ["model.onnx", "labels.txt", "card.yaml", "signature.json"])
      for file in request.files {
        let local = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file.path)"))
        #expect(state.content[file.sha256] == [UInt8](local))
        #expect(file.byteCount == UInt64(local.count))
      }
      #expect(state.chunks.max() == PushFile.chunkBytesMax)
      #expect(request.lineage?.data == "set-1")
      let bundle = try ManifestBundle(json: request.manifestBundle)
      try bundle.verify(by: try SigningKey.load(from: "\(folder)/alice.key").verifyingKey)
      #expect(bundle.manifest.modelName == "m")
      #expect(run.output.contains("\"version\" : 1"))
    }
  }

  @Test("goes on where it was after a lost connection")
  func resumes() async throws {
    try await withFolder { folder in
      let store = Store()
      store.state.withLock { $0.failuresLeft = 2 }
      let run = await Run(try arguments(folder), on: store.gateway)
      #expect(run.status == 0, "\(run.complaint)")
      #expect(store.gateway.calls.count { $0 == "BeginPush" } == 3)
      let sent = store.state.withLock { $0.chunks.reduce(0, +) }
      let all = store.state.withLock { $0.content.values.reduce(0) { $0 + $1.count } }
      #expect(sent == all)
    }
  }

  @Test("sends nothing that the registry has")
  func nothingTwice() async throws {
    try await withFolder { folder in
      let store = Store()
      let arguments = try arguments(folder)
      _ = await Run(arguments, on: store.gateway)
      store.state.withLock { $0.chunks = [] }
      #expect(await Run(arguments, on: store.gateway).status == 0)
      #expect(store.state.withLock { $0.chunks.isEmpty })
    }
  }

  @Test("an absent file, card or key is not found, and nothing is sent", arguments: [3, 6, 10])
  func absent(index: Int) async throws {
    try await withFolder { folder in
      let store = Store()
      var arguments = try arguments(folder)
      arguments[index] += "-not-here.key"
      let run = await Run(arguments, on: store.gateway)
      #expect(run.status == 4, "\(run.complaint)")
      #expect(store.gateway.calls.isEmpty)
    }
  }
}
