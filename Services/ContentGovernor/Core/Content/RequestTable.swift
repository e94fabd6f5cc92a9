import GRDB

/// What was done for which request, so that a request that comes again is not done again.
enum RequestTable {
  /// What the request was about, if it was done.
  ///
  /// - Throws: `invalid` where the same key stood for something else.
  static func subject(
    of verb: String, by actor: PersonID, key: String, in database: Database
  ) throws -> String? {
    let row = try Row.fetchOne(
      database, sql: "SELECT verb, subject FROM request WHERE actor = ? AND key = ?",
      arguments: [actor.row, key])
    guard let row else { return nil }
    let known: String = row["verb"]
    guard known == verb else {
      throw ContentError.invalid("the request key stood for `\(known)` before: choose another one")
    }
    return row["subject"]
  }

  static func add(
    _ verb: String, of subject: String, by actor: PersonID, key: String, in database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO request (actor, key, verb, subject) VALUES (?, ?, ?, ?)",
      arguments: [actor.row, key, verb, subject])
  }
}
