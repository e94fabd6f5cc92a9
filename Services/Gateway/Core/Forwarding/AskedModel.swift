/// What a caller asks for, as its call's head says it.
struct AskedModel: Sendable, Hashable {
  let model: String
  /// A number, an alias, or empty for the deployment's split.
  let version: String
  /// Empty to leave the split to chance.
  let routingKey: [UInt8]
}
