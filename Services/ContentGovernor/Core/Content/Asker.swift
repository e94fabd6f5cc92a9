package import RPC

/// Who asks the governor for something, and what their key lets them see.
package struct Asker: Sendable, Hashable {
  /// Roles that see everybody's items, not only their own.
  private static let overseers: Set = ["deployer", "approver", "auditor", "admin"]

  let name: String
  let roles: Set<String>

  package init(name: String, roles: Set<String>) {
    self.name = name
    self.roles = roles
  }

  package init(_ context: CallContext) {
    name = context.actor
    if let caller = context.caller {
      roles = caller.roles
    } else if case .principal(let principal) = context.peer {
      roles = principal.roles
    } else {
      roles = []
    }
  }

  var seesAll: Bool { !roles.isDisjoint(with: Self.overseers) }

  /// - Throws: `missing`, as if it were not there.
  func checkSees(_ record: ItemRecord, as person: PersonID?) throws(ContentError) {
    if seesAll { return }
    if let person, record.itemCase.writers.contains(person) || record.author == person { return }
    throw .missing("item `\(ContentNames.excerpt(record.id))` is not here")
  }
}
