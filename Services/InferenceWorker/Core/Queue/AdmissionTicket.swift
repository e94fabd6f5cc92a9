/// Names one admitted call of a worker, for as long as the process lives.
package struct AdmissionTicket: Sendable, Hashable, Comparable {
  package let number: UInt64

  package init(number: UInt64) {
    self.number = number
  }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
