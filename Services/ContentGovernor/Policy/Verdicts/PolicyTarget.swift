/// What a bundle can be bound to. A binding without a field is for every value of it; of the bindings
/// that fit, the one that says most is in force: model before channel before locale.
package struct PolicyTarget: Sendable, Hashable {
  package let model: String?
  package let channel: String?
  package let locale: String?

  package init(model: String? = nil, channel: String? = nil, locale: String? = nil) {
    self.model = model
    self.channel = channel
    self.locale = locale
  }
}
