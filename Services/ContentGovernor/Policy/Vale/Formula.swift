/// Arithmetic with names: `+ - * /`, brackets and `math.sqrt`.
indirect enum Formula: Sendable {
  case number(Double)
  case name(String)
  case negative(Formula)
  case binary(Character, Formula, Formula)
  case call(String, Formula)

  struct Condition: Sendable {
    let comparison: String
    let bound: Formula

    func holds(for value: Double, _ values: [String: Double]) -> Bool {
      let bound = bound.value(values)
      return switch comparison {
      case ">": value > bound
      case ">=": value >= bound
      case "<": value < bound
      case "<=": value <= bound
      case "==": value == bound
      default: value != bound
      }
    }
  }

  func value(_ values: [String: Double]) -> Double {
    switch self {
    case .number(let number): return number
    case .name(let name): return values[name] ?? 0
    case .negative(let part): return -part.value(values)
    case .call(let name, let part):
      let value = part.value(values)
      return switch name {
      case "math.sqrt": value.squareRoot()
      case "math.abs": abs(value)
      case "math.floor": value.rounded(.down)
      default: value.rounded(.up)
      }
    case .binary(let mark, let left, let right):
      let (left, right) = (left.value(values), right.value(values))
      return switch mark {
      case "+": left + right
      case "-": left - right
      case "*": left * right
      default: right == 0 ? 0 : left / right
      }
    }
  }
}
