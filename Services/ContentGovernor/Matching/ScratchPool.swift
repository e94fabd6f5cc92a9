internal import Synchronization

/// Scratches between checks, so that each check has one of its own.
package final class ScratchPool: Sendable {
  /// More than a machine has cores.
  private static let keptMax = 64
  /// After a text as long as this a scratch holds much memory, and is not kept.
  private static let keptTextBytesMax = 1 << 20

  private struct Kept: @unchecked Sendable {
    // Each is used by who has taken it out, and by nobody else.
    var scratches: [MatchScratch] = []
  }

  private let kept = Mutex(Kept())

  package init() {}

  /// Calls `body` with a scratch that nobody else uses; with `nil` if there is no memory.
  package func withScratch<Result>(
    forTextOf byteCount: Int, _ body: (MatchScratch?) -> Result
  ) -> Result {
    let taken = kept.withLock { kept in
      Taken(scratch: kept.scratches.popLast())
    }
    let scratch = taken.scratch ?? MatchScratch()
    defer {
      if let scratch, byteCount <= Self.keptTextBytesMax {
        let returned = Taken(scratch: scratch)
        kept.withLock { kept in
          if kept.scratches.count < Self.keptMax, let scratch = returned.scratch {
            kept.scratches.append(scratch)
          }
        }
      }
    }
    return body(scratch)
  }

  private struct Taken: @unchecked Sendable {
    let scratch: MatchScratch?
  }
}
