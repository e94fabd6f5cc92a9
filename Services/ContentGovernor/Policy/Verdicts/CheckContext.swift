/// What a check has to know of content beside its bytes.
package struct CheckContext: Sendable, Hashable {
  package let format: ContentFormat
  /// Where it is to appear, such as `email`; empty if not said.
  package let channel: String
  /// For whom, as BCP 47 (`de-AT`); empty if not said.
  package let locale: String

  package init(_ format: ContentFormat = .plain, channel: String = "", locale: String = "") {
    self.format = format
    self.channel = channel
    self.locale = locale
  }
}
