import AuditLog
package import Contracts
import GRDB
import Trust

/// The verb that adds a person's approval to a version.
package struct Approvals: Sendable {
  let store: RegistryStore
  let limits: RegistryLimits
  let trust: @Sendable () async throws(RegistryError) -> TrustDesk

  /// Keeps an approval if it counts. The same approval again changes nothing; a newer one by the same
  /// key takes the place of the older.
  ///
  /// - Throws: `invalid` for what is no approval, `missing` where it is for no version that is here,
  ///   `refused` where it does not count, with the reason.
  package func approve(
    _ request: Registry.ApproveRequest, by author: Author
  ) async throws(RegistryError) -> Registry.ApproveResponse {
    let approval = try read(request.envelope)
    let statement = approval.statement
    guard let number = UInt32(statement.version), "\(number)" == statement.version else {
      throw .invalid(
        "the approval is for version `\(statement.version)`: expected a number such as `1`")
    }
    try NameRule.checkEnvironment(statement.environment)
    let desk = try await trust()
    let (now, limits) = (store.now(), limits)
    let standing: TrustDesk.Standing = try await store.change { db in
      let (model, environment) = (statement.modelName, statement.environment)
      try VersionTable.require(db, model: model, number: number)
      let before = try ApprovalCase(db, model: model, version: number)
      let signers = try desk.signers(
        of: approval, bundle: before.bundle, files: before.files, now: now)
      var isNew = false
      for keyID in signers {
        let stored = try ApprovalTable.envelope(
          db, model: model, version: number, environment: environment, keyID: keyID)
        guard stored != request.envelope else { continue }
        isNew = true
        try ApprovalTable.set(
          db, model: model, version: number,
          Registry.ApprovalSummary(
            keyID: keyID, environment: environment, principal: author.name,
            approvedAt: now.nanosecondsSinceEpoch,
            expiresAt: statement.expiresAt.nanosecondsSinceEpoch),
          envelope: request.envelope)
      }
      let count = try ApprovalTable.count(db, model: model, version: number)
      guard count <= limits.approvalsPerVersionMax else {
        throw RegistryError.exhausted(
          "version \(number) of `\(model)` has \(limits.approvalsPerVersionMax) approvals: "
            + "expected no more; push the same files as a new version")
      }
      let after = try ApprovalCase(db, model: model, version: number)
        .standing(in: environment, by: desk, now: now)
      guard isNew else { return .unchanged(after) }
      return .changed(
        after,
        RegistryChange(
          action: .approvalAdd, author: author,
          subject: AuditReference(.version, "\(model)/\(number)"),
          before: before.standing(in: environment, by: desk, now: now).audited(environment, []),
          after: after.audited(environment, signers)))
    }
    return Registry.ApproveResponse(
      approvers: UInt32(standing.approvers.count), required: UInt32(standing.required))
  }

  private func read(_ envelope: [UInt8]) throws(RegistryError) -> Approval {
    do throws(ApprovalError) {
      return try Approval(json: envelope)
    } catch {
      throw .invalid("\(error)")
    }
  }
}

extension TrustDesk.Standing {
  fileprivate func audited(
    _ environment: String, _ signers: [String]
  ) -> [String: AuditValue] {
    [
      "environment": .string(environment), "required": .integer(Int64(required)),
      "approvers": .array(approvers.map { .string($0) }),
      "keys": .array(signers.map { .string($0) }),
    ]
  }
}
