internal import Base
package import Contracts
package import RPC
internal import Trust

/// Reads versions from the registry. Both calls change nothing, so a registry that is away for a moment
/// is asked again.
package struct RegistrySource: Sendable {
  /// 1 MiB, the most that one answer may carry.
  package static let chunkBytesMax = 1 << 20
  package static let attemptsMax = 6
  private static let retryFirst: Duration = .milliseconds(200)

  private let channel: any Channel
  private let sleep: Sleep

  package init(channel: any Channel, sleep: @escaping Sleep = systemSleep) {
    self.channel = channel
    self.sleep = sleep
  }

  package func evidence(
    model: String, version: UInt32
  ) async throws(LoadError) -> Registry.Evidence {
    try await ask(
      Registry.API.getEvidence, Registry.GetEvidenceRequest(model: model, version: version))
  }

  /// Bytes of a file from `offset` on: at least one, at most `chunkBytesMax`, and never past its end.
  func chunk(of file: VersionFile, offset: UInt64) async throws(LoadError) -> [UInt8] {
    let wanted = min(UInt64(Self.chunkBytesMax), file.byteCount - offset)
    let response = try await ask(
      Registry.API.getChunk,
      Registry.GetChunkRequest(
        sha256: file.digest.bytes, offset: offset, byteCountMax: UInt32(wanted)))
    guard response.byteCount == file.byteCount else {
      throw .sizeDiffers(
        path: file.path, expected: file.byteCount, actual: response.byteCount)
    }
    guard (1...wanted).contains(UInt64(response.content.count)) else {
      throw .registry(
        RPCError(
          .dataLoss,
          "it sent \(response.content.count) bytes of `\(file.path)`, expected 1 to \(wanted)"))
    }
    return response.content
  }

  private func ask<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) async throws(LoadError) -> Response {
    var pause = Self.retryFirst
    for attempt in 1... {
      do throws(RPCError) {
        return try await channel.call(method, request)
      } catch {
        guard attempt < Self.attemptsMax, Self.isPassing(error.code), !Task.isCancelled else {
          throw .registry(error)
        }
        await sleep(pause)
        pause = pause * 2
      }
    }
    throw .registry(RPCError(.unavailable, "it was asked \(Self.attemptsMax) times"))
  }

  private static func isPassing(_ code: StatusCode) -> Bool {
    switch code {
    case .unavailable, .deadlineExceeded, .resourceExhausted, .aborted: true
    default: false
    }
  }
}
