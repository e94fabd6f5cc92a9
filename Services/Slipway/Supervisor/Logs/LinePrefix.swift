/// Puts a process's name before its lines, in a colour of its own on a terminal.
package struct LinePrefix: Sendable {
  /// ANSI foregrounds that read well on light and dark grounds.
  private static let colours = [36, 33, 32, 35, 34, 31, 96, 93, 92, 95]

  private let width: Int
  private let usesColour: Bool

  /// - Parameter width: columns that the names are filled up to.
  package init(width: Int, usesColour: Bool) {
    self.width = width
    self.usesColour = usesColour
  }

  package func line(_ name: String, _ text: String) -> String {
    let filled = name + String(repeating: " ", count: max(0, width - name.count))
    guard usesColour else { return "\(filled) | \(text)" }
    // The same name has the same colour in every run.
    let sum = name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }
    return "\u{1b}[\(Self.colours[sum % Self.colours.count])m\(filled) |\u{1b}[0m \(text)"
  }
}
