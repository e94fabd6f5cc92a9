/// How content is written. Rules see its text, spans point into its source.
package enum ContentFormat: String, Sendable, Hashable, CaseIterable {
  case plain
  case markdown
  case html
}
