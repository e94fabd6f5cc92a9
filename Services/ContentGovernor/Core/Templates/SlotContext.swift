/// Where in a template a slot stands, and so how what fills it is written there.
enum SlotContext: Hashable, Sendable {
  case text
  case htmlText
  case htmlAttribute
  /// The beginning of an address, in an attribute: nothing but an address may fill it.
  case htmlAddress
  /// A later part of an address, in an attribute.
  case htmlAddressPart
  case jsonString
  /// Outside of a string: nothing but a number may fill it.
  case jsonNumber
  case markdownText
  /// The target of a link: nothing but an address may fill it.
  case markdownAddress
}
