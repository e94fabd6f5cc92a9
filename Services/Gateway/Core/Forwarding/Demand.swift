internal import Contracts
internal import RPC
internal import Synchronization

/// The versions that calls wait for although they have no worker: the registry is asked for one of each.
package final class Demand: Sendable {
  /// Between two questions for one version.
  private static let interval = Duration.seconds(1)
  /// Versions that are remembered as asked for; there are hardly as many deployed.
  private static let askedMax = 4_096

  private struct Wish: Hashable {
    var version: VersionName
    /// For calls with which workers died.
    var isForSuspects: Bool
  }

  private struct State {
    var wanted: [Wish: UInt32] = [:]
    var askedAt: [Wish: ContinuousClock.Instant] = [:]
  }

  private let state = Mutex(State())
  /// Rings when a version is wanted; rings that nobody heard are one ring.
  private let bell: AsyncStream<Void>
  private let ring: AsyncStream<Void>.Continuation

  package init() {
    (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// A call waits for a worker of this version; a suspect for one that nobody else uses.
  func add(_ version: VersionName, isSuspect: Bool = false) {
    state.withLock {
      $0.wanted[Wish(version: version, isForSuspects: isSuspect), default: 0] += 1
    }
    ring.yield()
  }

  /// Asks the registry whenever calls wait, until the task is cancelled.
  ///
  /// - Parameter report: told of what it said against it, for the log.
  func ask(_ registry: any Channel, report: @Sendable (VersionName, RPCError) -> Void) async {
    for await _ in bell {
      for (wish, waiting) in due(ContinuousClock.now) {
        do throws(RPCError) {
          _ = try await registry.call(
            Registry.API.reportDemand,
            Registry.ReportDemandRequest(
              model: wish.version.model, version: wish.version.version, waiting: waiting,
              suspects: wish.isForSuspects))
        } catch {
          report(wish.version, error)
          guard error.code == .unavailable || error.code == .deadlineExceeded else { continue }
          guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
          state.withLock { state in
            state.askedAt[wish] = nil
            state.wanted[wish, default: 0] += waiting
          }
          ring.yield()
        }
      }
    }
  }

  /// What is wanted and was not asked for a moment ago.
  private func due(_ now: ContinuousClock.Instant) -> [(Wish, UInt32)] {
    state.withLock { state in
      if state.askedAt.count > Self.askedMax { state.askedAt = [:] }
      let due = state.wanted.filter { wish, _ in
        state.askedAt[wish].map { now - $0 >= Self.interval } ?? true
      }
      for wish in due.keys { state.askedAt[wish] = now }
      state.wanted = [:]
      return due.map { ($0.key, $0.value) }
    }
  }
}
