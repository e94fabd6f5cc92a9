package import RPC
import Synchronization
import Trust

/// Tells good keys from all others, from memory.
///
/// Every refusal takes the same steps and gives the same answer, whether the form, the id, the secret
/// or the time was wrong, so that knocking teaches nothing.
package final class KeyRing: Sendable {
  private let pepper: Pepper
  private let holders = Mutex<[String: Entry]>([:])
  /// What the key of an unknown id is compared with.
  private let decoy: KeyDigest

  private struct Entry {
    var holder: KeyHolder
    var revision: Int64
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
    let holder = holders.withLock { $0[id]?.holder }
    let isRight = SecretComparison.equal(digest.bytes, (holder?.digest ?? decoy).bytes)
    guard let holder, isRight, holder.isGood(nowNanoseconds: nowNanoseconds) else {
      throw Self.refusal
    }
    return holder
  }

  /// Takes in a key that was made or changed; older news of it is ignored.
  func apply(_ record: KeyRecord) {
    holders.withLock { holders in
      guard let known = holders[record.id] else {
        let holder = KeyHolder(record)
        holders[record.id] = Entry(holder: holder, revision: record.revision)
        return
      }
      guard known.revision < record.revision else { return }
      known.holder.end(atNanoseconds: record.endsAt)
      holders[record.id]?.revision = record.revision
    }
  }

  /// The third of the parts between `_`; empty if there is none.
  private static func id(in bytes: some Collection<UInt8>) -> String {
    let parts = bytes.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    return parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
  }
}
