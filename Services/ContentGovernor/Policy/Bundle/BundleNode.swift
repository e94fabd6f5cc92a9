internal import Yams

/// A mapping of a bundle's YAML, read field by field; what is wrong is noted with its line.
struct BundleNode {
  /// Of a list; nobody writes more by hand.
  private static let listCountMax = 50_000

  let file: String
  private let node: Node
  private let fields: Node.Mapping
  let faults: FaultList

  /// `nil`, and a fault, if it is no mapping.
  init?(_ node: Node, file: String, expected: String, faults: FaultList) {
    guard case .mapping(let fields) = node else {
      faults.add(file, node.mark?.line ?? 1, "\(expected), as a mapping")
      return nil
    }
    self.file = file
    self.node = node
    self.fields = fields
    self.faults = faults
  }

  /// The root of a file.
  init?(_ file: BundleFile, expected: String, faults: FaultList) {
    guard let text = String(validating: file.content, as: UTF8.self) else {
      faults.add(file.path, 1, "text in UTF-8")
      return nil
    }
    do {
      guard let root = try compose(yaml: text) else {
        faults.add(file.path, 1, expected)
        return nil
      }
      self.init(root, file: file.path, expected: expected, faults: faults)
    } catch {
      let (line, problem) = Self.place(of: error)
      faults.add(file.path, line, "YAML: \(problem)")
      return nil
    }
  }

  var line: Int { node.mark?.line ?? 1 }

  func line(of key: String) -> Int { fields[.init(key)]?.mark?.line ?? line }

  func has(_ key: String) -> Bool { fields[.init(key)] != nil }

  /// Notes each field that is none of `known`.
  func refuseOthers(than known: [String]) {
    for (key, _) in fields where !known.contains(key.string ?? "") {
      let name = String((key.string ?? "").prefix(64))
      faults.add(
        file, key.mark?.line ?? line,
        "one of \(known.map { "`\($0)`" }.joined(separator: ", ")), got `\(name)`")
    }
  }

  func refuse(_ key: String, _ expected: String) {
    faults.add(file, line(of: key), "\(expected) in `\(key)`")
  }

  func string(_ key: String) -> String? {
    guard let value = fields[.init(key)], value.null == nil || value.string?.isEmpty == false else {
      return nil
    }
    guard case .scalar(let scalar) = value else {
      refuse(key, "a text")
      return nil
    }
    return scalar.string
  }

  func required(_ key: String) -> String? {
    if let value = string(key), !value.isEmpty { return value }
    faults.add(file, line(of: key), "a text in `\(key)`")
    return nil
  }

  /// A list of texts, or one text; empty if not said.
  func strings(_ key: String) -> [String] { places(key).map(\.text) }

  /// The same, with the line of each.
  func places(_ key: String) -> [(text: String, line: Int)] {
    switch fields[.init(key)] {
    case nil: return []
    case .scalar(let scalar)?:
      return scalar.string.isEmpty ? [] : [(scalar.string, line(of: key))]
    case .sequence(let sequence)?:
      guard sequence.count <= Self.listCountMax else {
        refuse(key, "at most \(Self.listCountMax) texts")
        return []
      }
      return sequence.compactMap { node in
        guard case .scalar(let scalar) = node else {
          faults.add(file, node.mark?.line ?? line, "a text in `\(key)`")
          return nil
        }
        return (scalar.string, node.mark?.line ?? line)
      }
    case .some:
      refuse(key, "a list of texts")
      return []
    }
  }

  /// A mapping of texts to texts, in the order of the file.
  func pairs(_ key: String) -> [(key: String, value: String, line: Int)] {
    guard let value = fields[.init(key)], value.null == nil else { return [] }
    guard case .mapping(let mapping) = value, mapping.count <= Self.listCountMax else {
      refuse(key, "a mapping of texts to texts")
      return []
    }
    return mapping.compactMap { key, value in
      guard let name = key.string, case .scalar(let scalar) = value else {
        faults.add(file, key.mark?.line ?? line, "a text for a text")
        return nil
      }
      return (name, scalar.string, key.mark?.line ?? line)
    }
  }

  func bool(_ key: String, _ usual: Bool = false) -> Bool {
    guard let value = fields[.init(key)] else { return usual }
    if let flag = value.bool { return flag }
    refuse(key, "`true` or `false`")
    return usual
  }

  func int(_ key: String, in range: ClosedRange<Int> = 0...1_000_000_000) -> Int? {
    guard let value = fields[.init(key)] else { return nil }
    if let number = value.int, range.contains(number) { return number }
    refuse(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  func double(_ key: String) -> Double? {
    guard let value = fields[.init(key)] else { return nil }
    if let number = value.float, number.isFinite { return number }
    refuse(key, "a number")
    return nil
  }

  /// One of the names that `Choice` has.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ usual: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let value = string(key) else { return usual }
    if let choice = Choice(rawValue: value) { return choice }
    refuse(
      key, "one of \(Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
    return usual
  }

  /// The mappings of a list.
  func nodes(_ key: String, expected: String) -> [BundleNode] {
    guard let value = fields[.init(key)], value.null == nil else { return [] }
    guard case .sequence(let sequence) = value else {
      refuse(key, "a list")
      return []
    }
    return sequence.compactMap { BundleNode($0, file: file, expected: expected, faults: faults) }
  }

  func node(_ key: String, expected: String) -> BundleNode? {
    guard let value = fields[.init(key)], value.null == nil else { return nil }
    return BundleNode(value, file: file, expected: expected, faults: faults)
  }

  private static func place(of error: any Error) -> (line: Int, problem: String) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      (
        context.mark.line,
        "each key once, `\(duplicates.map { "\($0)" }.sorted().joined(separator: "`, `"))` stands twice"
      )
    default: (1, "a document that can be read")
    }
  }
}
