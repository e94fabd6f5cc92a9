/// Somebody as the governor's rows know them: a name is looked up where one is shown, and is gone for
/// whoever was erased.
struct PersonID: Hashable, Sendable {
  let row: Int64
}
