/// Input for a message: in backticks, control characters made visible, cut at 64 characters.
package func quoted(_ text: String) -> String {
  let quotedCharactersMax = 64
  var visible = "`"
  var count = 0
  for scalar in text.unicodeScalars {
    guard count < quotedCharactersMax else { return visible + "…`" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      visible += scalar.escaped(asASCII: true)
    default: visible.unicodeScalars.append(scalar == "`" ? "'" : scalar)
    }
    count += 1
  }
  return visible + "`"
}
