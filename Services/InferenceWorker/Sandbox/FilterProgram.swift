/// A policy as a program of classic BPF that the kernel runs at each system call (seccomp(2)).
///
/// It reads `struct seccomp_data`: the call's number at 0, the architecture at 4, and six arguments of 64
/// bits from 16 on, low half first.
package struct FilterProgram: Sendable, Equatable {
  package struct Instruction: Sendable, Equatable {
    package var code: UInt16
    package var jumpTrue: UInt8 = 0
    package var jumpFalse: UInt8 = 0
    package var value: UInt32
  }

  /// BPF_LD|BPF_W|BPF_ABS, BPF_ALU|BPF_AND|BPF_K, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K.
  package enum Code {
    package static let load: UInt16 = 0x20
    package static let and: UInt16 = 0x54
    package static let jumpIfEqual: UInt16 = 0x15
    package static let finish: UInt16 = 0x06
  }

  package enum Verdict {
    package static let allow: UInt32 = 0x7fff_0000
    package static let killProcess: UInt32 = 0x8000_0000
    package static func fail(_ errno: Int32) -> UInt32 { 0x0005_0000 | UInt32(errno & 0xffff) }
  }

  package let instructions: [Instruction]

  /// - Parameters:
  ///   - number: of a call by its name; nil where this machine has none, whose rule is left out.
  ///   - refusal: the errno of what no rule allows.
  package init(
    _ policy: SystemCallPolicy, architecture: UInt32, refusal: Int32,
    number: (String) -> Int32?
  ) {
    var instructions = [
      Instruction(code: Code.load, value: 4),
      Instruction(code: Code.jumpIfEqual, jumpTrue: 1, value: architecture),
      Self.finish(Verdict.killProcess),
      Instruction(code: Code.load, value: 0),
    ]
    for rule in policy.rules {
      guard let number = number(rule.name) else { continue }
      let body = Self.body(of: rule, refusal: refusal)
      instructions.append(
        Instruction(
          code: Code.jumpIfEqual, jumpFalse: UInt8(body.count), value: UInt32(bitPattern: number)))
      instructions += body
    }
    instructions.append(Self.finish(Verdict.fail(refusal)))
    self.instructions = instructions
  }

  /// What happens once the number fits; always ends in a verdict.
  private static func body(of rule: SystemCallRule, refusal: Int32) -> [Instruction] {
    if let answer = rule.answer { return [finish(Verdict.fail(answer))] }
    var body: [Instruction] = []
    for condition in rule.conditions {
      let offset = 16 + 8 * condition.argument + (condition.isUpperHalf ? 4 : 0)
      body.append(Instruction(code: Code.load, value: UInt32(offset)))
      if condition.mask != .max {
        body.append(Instruction(code: Code.and, value: condition.mask))
      }
      // Each value that fits jumps over the others and the refusal behind them.
      for (place, value) in condition.values.enumerated() {
        let rest = condition.values.count - place
        body.append(
          Instruction(code: Code.jumpIfEqual, jumpTrue: UInt8(rest), value: value))
      }
      body.append(finish(Verdict.fail(refusal)))
    }
    return body + [finish(Verdict.allow)]
  }

  private static func finish(_ verdict: UInt32) -> Instruction {
    Instruction(code: Code.finish, value: verdict)
  }
}
