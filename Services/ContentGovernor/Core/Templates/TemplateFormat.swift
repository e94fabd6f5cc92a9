/// The language that a template is written in.
enum TemplateFormat: String, Hashable, Sendable, CaseIterable {
  case html
  case markdown
  case json
  case text
}
