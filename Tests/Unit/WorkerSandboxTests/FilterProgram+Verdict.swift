import WorkerSandbox

extension FilterProgram {
  /// The program does what the kernel would not take: it jumps or loads beyond its ends, or goes on for ever.
  struct Fault: Error {}

  /// What the kernel answers, by running the program as it does.
  func verdict(
    number: Int32, architecture: UInt32, _ arguments: [UInt64]
  ) throws -> UInt32 {
    var words = [UInt32(bitPattern: number), architecture, 0, 0]
    for place in 0..<6 {
      let argument = place < arguments.count ? arguments[place] : 0
      words += [UInt32(truncatingIfNeeded: argument), UInt32(truncatingIfNeeded: argument >> 32)]
    }
    var accumulator: UInt32 = 0
    var place = 0
    while place < instructions.count {
      let instruction = instructions[place]
      place += 1
      switch instruction.code {
      case Code.load:
        guard instruction.value % 4 == 0, Int(instruction.value) / 4 < words.count else {
          throw Fault()
        }
        accumulator = words[Int(instruction.value) / 4]
      case Code.and: accumulator &= instruction.value
      case Code.jumpIfEqual:
        let isEqual = accumulator == instruction.value
        place += Int(isEqual ? instruction.jumpTrue : instruction.jumpFalse)
      case Code.finish: return instruction.value
      default: throw Fault()
      }
    }
    throw Fault()
  }
}
