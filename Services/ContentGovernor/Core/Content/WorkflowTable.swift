import Contracts
import GRDB
import Storage

/// Rows of workflows: each revision stays, because what was approved under it says so.
enum WorkflowTable {
  /// Every workflow's newest revision, by name.
  static func newest(in database: Database) throws -> [Content.Workflow] {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT name, max(revision) AS revision FROM workflow GROUP BY name ORDER BY name")
    return try rows.map { try read($0["name"], $0["revision"], in: database) }
  }

  /// The workflow that decides on what is meant for a channel and a locale: the one that says most.
  static func inForce(
    channel: String, locale: String, in database: Database
  ) throws -> Content.Workflow? {
    func specificity(of name: String, in names: [String]) -> Int? {
      if names.contains(name) { return 1 }
      return names.contains(WorkflowRule.every) ? 0 : nil
    }
    func rank(_ workflow: Content.Workflow) -> Int? {
      guard let first = specificity(of: channel, in: workflow.channels),
        let second = specificity(of: locale, in: workflow.locales)
      else { return nil }
      return 2 * first + second
    }
    let fitting = try newest(in: database).compactMap { workflow in
      rank(workflow).map { (rank: $0, workflow: workflow) }
    }
    // Of two that say as much, the first by name: never one by chance.
    return fitting.max { ($0.rank, $1.workflow.name) < ($1.rank, $0.workflow.name) }?.workflow
  }

  /// With the names of its people, as far as they are not erased.
  static func read(
    _ name: String, _ revision: UInt32, in database: Database
  ) throws -> Content.Workflow {
    let row = try Row.fetchOne(
      database, sql: "SELECT definition FROM workflow WHERE name = ? AND revision = ?",
      arguments: [name, revision])
    guard let row else {
      throw ContentError.failed(cause: "workflow `\(name)` has no revision \(revision)")
    }
    var workflow = try Content.Workflow(decoding: row.bytes(named: "definition"))
    let members = try Row.fetchAll(
      database,
      sql: """
        SELECT role, party.name AS person FROM member JOIN party ON party.id = member.party
        WHERE workflow = ? AND revision = ? AND party.name IS NOT NULL ORDER BY party.name
        """, arguments: [name, revision])
    for row in members {
      let role: String = row["role"]
      guard let place = workflow.roles.firstIndex(where: { $0.name == role }) else { continue }
      workflow.roles[place].people.append(row["person"])
    }
    return workflow
  }

  /// As the machine decides by it. Whoever was erased keeps their place in what was decided, and can
  /// decide nothing any more: nobody else gets their row.
  static func machine(
    _ name: String, _ revision: UInt32, in database: Database
  ) throws -> Workflow {
    let definition = try read(name, revision, in: database)
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT role, party FROM member WHERE workflow = ? AND revision = ?",
      arguments: [name, revision])
    var roles = Dictionary(
      uniqueKeysWithValues: definition.roles.map { ($0.name, Set<PersonID>()) })
    for row in rows { roles[row["role"], default: []].insert(PersonID(row: row["party"])) }
    return Workflow(
      name: name, revision: revision, channels: definition.channels, locales: definition.locales,
      roles: roles, steps: definition.steps.map { WorkflowRule.step($0) })
  }

  /// Adds the next revision.
  static func add(_ workflow: Content.Workflow, in database: Database) throws -> Content.Workflow {
    var definition = workflow
    definition.revision = try nextRevision(workflow.name, in: database)
    for place in definition.roles.indices { definition.roles[place].people = [] }
    try database.execute(
      sql: "INSERT INTO workflow (name, revision, definition) VALUES (?, ?, ?)",
      arguments: [
        definition.name, definition.revision, DatabaseValue(bytes: definition.encodedBytes()),
      ])
    for role in workflow.roles {
      for name in Set(role.people) {
        let person = try PartyTable.person(named: name, in: database)
        try database.execute(
          sql: "INSERT INTO member (workflow, revision, role, party) VALUES (?, ?, ?, ?)",
          arguments: [definition.name, definition.revision, role.name, person.row])
      }
    }
    return try read(definition.name, definition.revision, in: database)
  }

  private static func nextRevision(_ name: String, in database: Database) throws -> UInt32 {
    let last = try UInt32.fetchOne(
      database, sql: "SELECT max(revision) FROM workflow WHERE name = ?", arguments: [name])
    guard last == nil else { return (last ?? 0) + 1 }
    let count = try Int.fetchOne(database, sql: "SELECT count(DISTINCT name) FROM workflow") ?? 0
    guard count < ContentLimits.workflowsMax else {
      throw ContentError.exhausted("expected at most \(ContentLimits.workflowsMax) workflows")
    }
    return 1
  }
}
