/// What happened, as a dotted name: the thing first, then the verb (`model.push`).
///
/// Names are for ever: entries that bear them are never rewritten. Add names, never reuse one.
package struct AuditKind: Hashable, Sendable, CustomStringConvertible {
  package static let lengthMaxBytes = 64

  package let name: String

  private init(known name: String) {
    self.name = name
  }

  /// A kind by name: two or more words of lower-case letters, digits and `-`, each beginning with a
  /// letter, joined by dots; otherwise nil.
  package init?(_ name: String) {
    let words = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isWellFormed = words.allSatisfy { word in
      guard let first = word.first, Self.isLetter(first) else { return false }
      return word.allSatisfy {
        Self.isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
    }
    guard isWellFormed, words.count >= 2, name.utf8.count <= Self.lengthMaxBytes else { return nil }
    self.name = name
  }

  package var description: String { name }

  package static let modelPush = AuditKind(known: "model.push")
  package static let aliasSet = AuditKind(known: "alias.set")
  package static let aliasRemove = AuditKind(known: "alias.remove")
  package static let approvalAdd = AuditKind(known: "approval.add")
  package static let deploymentSet = AuditKind(known: "deployment.set")
  package static let deploymentRemove = AuditKind(known: "deployment.remove")
  package static let deploymentRollback = AuditKind(known: "deployment.rollback")
  package static let deploymentScale = AuditKind(known: "deployment.scale")
  package static let workerLease = AuditKind(known: "worker.lease")
  package static let workerDrain = AuditKind(known: "worker.drain")
  package static let workerLost = AuditKind(known: "worker.lost")
  package static let policyPush = AuditKind(known: "policy.push")
  package static let policyApprove = AuditKind(known: "policy.approve")
  package static let policyBind = AuditKind(known: "policy.bind")
  package static let policyUnbind = AuditKind(known: "policy.unbind")
  package static let keyCreate = AuditKind(known: "key.create")
  package static let keyRevoke = AuditKind(known: "key.revoke")
  package static let keyRotate = AuditKind(known: "key.rotate")
  package static let principalSet = AuditKind(known: "principal.set")
  package static let settingChange = AuditKind(known: "setting.change")
  package static let partyErase = AuditKind(known: "party.erase")
  package static let signInRefused = AuditKind(known: "sign-in.refused")

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}
