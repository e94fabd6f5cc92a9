/// What a principal may do; the methods name the roles that may call them.
package enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
  case developer, deployer, approver, `operator`, auditor, admin

  package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
