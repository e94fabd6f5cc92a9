/// One step of a schema, forward only. Once released, a step never changes: write another one.
package struct Migration: Hashable, Sendable {
  /// 1 for the first step of a schema, then counting up without gaps.
  package let number: Int
  package let name: String
  /// One or more SQL statements, run in one transaction. Recorded word for word when applied.
  package let sql: String

  package init(number: Int, name: String, sql: String) {
    self.number = number
    self.name = name
    self.sql = sql
  }
}
