import Glibc

/// What becomes of one system call.
package struct SystemCallRule: Sendable, Equatable {
  /// One of a few values that an argument, or a part of it, must have.
  package struct Condition: Sendable, Equatable {
    /// Counted from 0.
    var argument: Int
    /// The upper half of the argument's 64 bits.
    var isUpperHalf = false
    var mask = UInt32.max
    var values: [UInt32]
  }

  /// As in syscalls(2).
  package var name: String
  /// All must hold, or the call is refused.
  package var conditions: [Condition] = []
  /// Answered instead of doing it, whatever the arguments.
  package var answer: Int32?

  static func allow(_ names: String) -> [SystemCallRule] {
    names.split(whereSeparator: \.isWhitespace).map { SystemCallRule(name: String($0)) }
  }

  static func allow(_ name: String, where conditions: Condition...) -> SystemCallRule {
    SystemCallRule(name: name, conditions: conditions)
  }

  static func answer(_ name: String, _ errno: Int32) -> SystemCallRule {
    SystemCallRule(name: name, answer: errno)
  }
}

extension SystemCallRule.Condition {
  static func argument(_ place: Int, isOneOf values: UInt32...) -> Self {
    Self(argument: place, values: values)
  }

  static func argument(_ place: Int, masked mask: UInt32, is value: UInt32) -> Self {
    Self(argument: place, mask: mask, values: [value])
  }

  static func upperHalf(of place: Int, is value: UInt32) -> Self {
    Self(argument: place, isUpperHalf: true, values: [value])
  }
}
