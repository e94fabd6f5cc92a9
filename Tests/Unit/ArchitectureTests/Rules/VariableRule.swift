/// A variable that services read is in their list, in machines.md, and nowhere without being read.
enum VariableRule {
  static let list = "Shared/Runtime/Process/ServiceVariable.swift"
  static let document = "Shared/Docs/machines.md"

  /// Sources of what runs as a service: the runtime and every service but the person's tool.
  static func concerns(_ file: String) -> Bool {
    file.hasPrefix("Shared/Runtime/")
      || file.hasPrefix("Services/") && !file.hasPrefix("Services/Slipway/")
  }

  /// The variables of one source: named in full, or by the key that their name is made of.
  static func names(in source: String) -> Set<String> {
    let whole = source.matches(of: /SLIPWAY_[A-Z]+(?:_[A-Z]+)*/).map { String($0.0) }
    let keys = source.matches(
      of:
        #/
        (?:settings\.(?:string|integer|required)|reader\.string|Self\.(?:hostPort|number)|setting)
        \((?:forKey:\ |reader,\ )?"([a-z]+(?:\.[a-z]+)*)"
        /#
    ).map { "SLIPWAY_" + $0.1.uppercased().replacing(".", with: "_") }
    return Set(whole + keys)
  }

  /// The variables that a document's table describes: those of a row's first cell.
  static func names(inTable document: String) -> Set<String> {
    Set(
      document.split(separator: "\n").filter { $0.hasPrefix("| `SLIPWAY_") }.flatMap { row in
        let cell = row.split(separator: "|").first ?? ""
        return cell.matches(of: /SLIPWAY_[A-Z]+(?:_[A-Z]+)*/).map { String($0.0) }
      })
  }

  static func findings(
    read: Set<String>, listed: Set<String>, documented: Set<String>
  ) -> [String] {
    let places = [(list, listed), (document, documented)]
    return places.flatMap { place, names in
      read.subtracting(names).sorted().map { "\(place): has no \($0), which a service reads" }
        + names.subtracting(read).sorted().map { "\(place): has \($0), which no service reads" }
    }
  }
}
