/// What may fill a slot.
enum SlotType: String, Hashable, Sendable, CaseIterable {
  case text
  /// An address that a reader may safely follow.
  case url
  case number

  private static let schemes = ["https://", "http://", "mailto:"]

  /// What is wrong with a filling, or nil.
  func fault(_ filling: String) -> String? {
    if filling.unicodeScalars.contains(where: Self.isControl) {
      return "holds control characters"
    }
    switch self {
    case .text: return nil
    case .number:
      return filling.wholeMatch(of: /-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?/) == nil
        ? "is no number such as `19.90`" : nil
    case .url:
      let isAddress =
        Self.schemes.contains { filling.lowercased().hasPrefix($0) }
        && filling.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        && !filling.contains(where: { "\"<>\\^`{|}".contains($0) })
      return isAddress ? nil : "is no address that begins with `https://`, `http://` or `mailto:`"
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }
}
