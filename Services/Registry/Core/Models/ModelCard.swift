import Card
import Foundation
import Yams

/// The rule for `card.yaml`: what people must be told of a model before it may be a version.
///
/// The fields are those that Hugging Face's and Google's model cards (Mitchell et al., *Model Cards
/// for Model Reporting*) have in common. Further fields are kept and not looked at.
enum ModelCard {
  static let path = "card.yaml"

  /// What a field has to hold.
  private enum Shape {
    case text
    case textOrList
    case collection

    var expectation: String {
      switch self {
      case .text: "text"
      case .textOrList: "text or a list of texts"
      case .collection: "a list or a mapping"
      }
    }
  }

  private static let required: [(field: String, shape: Shape, meaning: String)] = [
    ("name", .text, "the model's name for people"),
    ("description", .text, "what it does"),
    ("license", .text, "an SPDX identifier such as `Apache-2.0`, or `proprietary`"),
    ("owners", .textOrList, "who answers for it and how they are reached"),
    ("intended_use", .textOrList, "what it is for"),
    ("limitations", .textOrList, "where it must not be relied on"),
    ("training_data", .textOrList, "what it was trained on"),
  ]

  private static let optional: [(field: String, shape: Shape)] = [
    ("metrics", .collection),
    ("evaluation_data", .textOrList),
    ("ethical_considerations", .textOrList),
    ("out_of_scope_use", .textOrList),
    ("tags", .textOrList),
  ]

  /// - Throws: `invalid` with the line and the field that are wrong, and what was expected.
  static func check(_ bytes: [UInt8], limits: RegistryLimits) throws(RegistryError) {
    guard bytes.count <= limits.cardBytesMax else {
      throw .invalid(
        "`\(path)` has \(bytes.count) bytes: expected at most \(limits.cardBytesMax)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("`\(path)` is not UTF-8")
    }
    try refuseAnchors(text)
    guard case .mapping(let card) = try compose(text) else {
      throw .invalid("`\(path)`: expected a mapping with `name`, `description` and so on")
    }
    for (field, shape, meaning) in required {
      guard let node = card[.init(field)], node.null == nil else {
        throw .invalid("`\(path)`: field `\(field)` is missing: expected \(meaning)")
      }
      try check(node, field, shape)
    }
    for (field, shape) in optional {
      if let node = card[.init(field)], node.null == nil { try check(node, field, shape) }
    }
    do throws(ServingCardError) {
      _ = try ServingCard(card: bytes)
    } catch {
      throw .invalid("`\(path)`: \(error)")
    }
  }

  private static func check(_ node: Node, _ field: String, _ shape: Shape) throws(RegistryError) {
    let holds =
      switch shape {
      case .text: isText(node)
      case .textOrList: isText(node) || isTexts(node)
      case .collection: node.sequence?.isEmpty == false || node.mapping?.isEmpty == false
      }
    guard holds else {
      let place = node.mark.map { "line \($0.line): " } ?? ""
      throw .invalid(
        "`\(path)`: \(place)field `\(field)`: expected \(shape.expectation), not empty")
    }
  }

  private static func isText(_ node: Node) -> Bool {
    node.scalar?.string.contains { !$0.isWhitespace } == true
  }

  private static func isTexts(_ node: Node) -> Bool {
    node.sequence.map { !$0.isEmpty && $0.allSatisfy(isText) } == true
  }

  /// Anchors let a page of YAML stand for more nodes than there is memory; no card needs them.
  private static func refuseAnchors(_ text: String) throws(RegistryError) {
    let opening = Set(" \t\n\r[{,".utf8)
    var before = UInt8(ascii: "\n")
    var isAnchor = false
    var line = 1
    for byte in text.utf8 {
      if isAnchor, !opening.contains(byte), byte != UInt8(ascii: "&") {
        throw .invalid(
          "`\(path)`: line \(line): `&` begins an anchor: expected the text itself, "
            + "or a space after `&`")
      }
      isAnchor = byte == UInt8(ascii: "&") && opening.contains(before)
      if byte == UInt8(ascii: "\n") { line += 1 }
      before = byte
    }
  }

  private static func compose(_ text: String) throws(RegistryError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw .invalid("`\(path)`: \(explain(error))")
    } catch {
      throw .invalid("`\(path)` is not YAML")
    }
  }

  private static func explain(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
      "field `\(NameRule.excerpt(duplicates.first ?? ""))` is there twice"
    default:
      "expected YAML"
    }
  }
}
