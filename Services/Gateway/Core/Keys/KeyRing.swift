package import RPC
import Synchronization
import Trust

/// Tells good keys from all others, from memory.
///
/// Every refusal takes the same steps and gives the same answer, whether the form, the id, the secret
/// or the time was wrong, so that knocking teaches nothing.
package final class KeyRing: Sendable {
  private let pepper: Pepper
  private let state = Mutex(State())
  /// What the key of an unknown id is compared with.
  private let decoy: KeyDigest

  private struct Entry {
    var holder: KeyHolder
    var revision: Int64
  }

  /// Everything by a key's id.
  private struct State {
    var entries: [String: Entry] = [:]
    /// The key that a key replaces.
    var predecessors: [String: String] = [:]
    /// By the first key of each line of successors.
    var counts: [String: KeyCounts] = [:]
  }

  package init(pepper: Pepper) {
    self.pepper = pepper
    decoy = KeyDigest(of: "no key has this digest".utf8, pepper: pepper)
  }

  /// The one answer to every key that is not good. Not worth a retry.
  package static let refusal = RPCError(
    .unauthenticated, "the key was refused; check it, or ask an admin for a new one")

  /// Finds out whose key this is.
  ///
  /// - Parameters:
  ///   - presented: the key as the client sent it.
  ///   - nowNanoseconds: wall time, since 1970.
  package func verify(
    _ presented: some Collection<UInt8>, nowNanoseconds: Int64
  ) throws(RPCError) -> KeyHolder {
    // No key is longer, and hashing must not cost more for whoever sends more.
    let bytes = presented.prefix(APIKey.textBytesMax + 1)
    let digest = KeyDigest(of: bytes, pepper: pepper)
    let id = Self.id(in: bytes)
    let holder = state.withLock { $0.entries[id]?.holder }
    let isRight = SecretComparison.equal(digest.bytes, (holder?.digest ?? decoy).bytes)
    guard let holder, isRight, holder.isGood(nowNanoseconds: nowNanoseconds) else {
      throw Self.refusal
    }
    return holder
  }

  /// Takes in keys that were made or changed, a successor together with the key that it replaces or
  /// after it; older news of a key is ignored.
  func apply(_ records: [KeyRecord]) {
    state.withLock { state in
      for record in records {
        if let successor = record.replacedBy { state.predecessors[successor] = record.id }
      }
      for record in records { apply(record, to: &state) }
    }
  }

  private func apply(_ record: KeyRecord, to state: inout State) {
    guard let known = state.entries[record.id] else {
      let first = Self.firstKey(of: record.id, in: state)
      let counts = state.counts[first] ?? KeyCounts(limits: record.limits)
      state.counts[first] = counts
      state.entries[record.id] = Entry(
        holder: KeyHolder(
          record, counts: counts,
          sharingKey: KeyDigest(of: "shares turns: \(record.principal)".utf8, pepper: pepper)),
        revision: record.revision)
      return
    }
    guard known.revision < record.revision else { return }
    known.holder.end(atNanoseconds: record.endsAt)
    state.entries[record.id]?.revision = record.revision
  }

  /// The key that began a line of successors.
  private static func firstKey(of id: String, in state: State) -> String {
    var first = id
    // A line is no longer than there are keys, whatever the database says.
    for _ in 0..<state.predecessors.count {
      guard let predecessor = state.predecessors[first] else { break }
      first = predecessor
    }
    return first
  }

  /// The third of the parts between `_`; empty if there is none.
  private static func id(in bytes: some Collection<UInt8>) -> String {
    let parts = bytes.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    return parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
  }
}
