import ContentPolicy
import Contracts

/// What content is meant for, as it is kept.
struct Purpose: Hashable, Sendable {
  let channel: String
  let locale: String
  let audience: String
  let format: ContentFormat
  /// Empty for none.
  let template: String
  let slot: String

  init(_ purpose: Content.Purpose) throws(ContentError) {
    for (name, what) in [
      (purpose.channel, "the channel"), (purpose.locale, "the locale"),
      (purpose.audience, "the audience"),
    ] {
      try ContentNames.check(name, what)
    }
    guard let format = ContentFormat(rawValue: purpose.format.isEmpty ? "plain" : purpose.format)
    else {
      throw .invalid(
        "expected the format `plain`, `markdown` or `html`, got `\(ContentNames.excerpt(purpose.format))`"
      )
    }
    guard purpose.templateName.isEmpty == purpose.slot.isEmpty else {
      throw .invalid("expected a template and a slot of it, or neither")
    }
    if !purpose.templateName.isEmpty {
      try ContentNames.check(purpose.templateName, "the template")
      try ContentNames.check(purpose.slot, "the slot")
    }
    (channel, locale, audience) = (purpose.channel, purpose.locale, purpose.audience)
    (template, slot) = (purpose.templateName, purpose.slot)
    self.format = format
  }

  var contract: Content.Purpose {
    Content.Purpose(
      channel: channel, locale: locale, audience: audience, templateName: template, slot: slot,
      format: format.rawValue)
  }
}
