internal import Contracts
internal import RPC
internal import Trust

/// Carries a plan out, and goes on where it was after a lost connection.
struct ModelPush {
  /// Times that a broken upload begins again by itself; `slipway model push` resumes after that.
  static let attemptsMax = 5
  private static let retryWait = Duration.milliseconds(500)

  let plan: PushPlan
  let channel: any Channel
  /// Told how many bytes the registry has.
  let progress: @Sendable (UInt64) -> Void

  func run() async throws -> Registry.Version {
    var attempt = 1
    while true {
      do {
        return try await attemptOnce()
      } catch let error as RPCError where attempt < Self.attemptsMax && Self.isWorthRetry(error) {
        attempt += 1
        try await Task.sleep(for: error.retryAfter ?? Self.retryWait)
      }
    }
  }

  private func attemptOnce() async throws -> Registry.Version {
    let begun = try await channel.call(Registry.API.beginPush, plan.request)
    var stored = Dictionary(
      begun.progress.map { ($0.sha256, $0.stored) }, uniquingKeysWith: { one, _ in one })
    for file in plan.distinctFiles {
      let digest = file.digest.bytes
      while stored[digest, default: 0] < file.byteCount {
        progress(sum(stored))
        let offset = stored[digest, default: 0]
        let content = try file.chunk(at: offset)
        guard !content.isEmpty else {
          throw ToolError(
            .failed, "`\(file.path)` became shorter while it was pushed: push it again")
        }
        let answer = try await channel.call(
          Registry.API.putChunk,
          Registry.PutChunkRequest(
            pushID: begun.pushID, sha256: digest, offset: offset, content: content))
        guard answer.stored > offset else {
          throw RPCError(.dataLoss, "the registry took a chunk of `\(file.path)` and kept nothing")
        }
        stored[digest] = answer.stored
      }
    }
    progress(sum(stored))
    return try await channel.call(
      Registry.API.commitPush, Registry.CommitPushRequest(pushID: begun.pushID))
  }

  private func sum(_ stored: [[UInt8]: UInt64]) -> UInt64 {
    plan.distinctFiles.reduce(0) { $0 + (stored[$1.digest.bytes] ?? 0) }
  }

  /// Every call of a push is idempotent; `aborted` says that the registry has another offset.
  private static func isWorthRetry(_ error: RPCError) -> Bool {
    switch error.code {
    case .unavailable, .aborted, .deadlineExceeded: true
    default: false
    }
  }
}
