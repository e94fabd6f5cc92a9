/// Where a command writes: results to one side, everything else to the other.
package struct ToolOutput: Sendable {
  /// Takes text as it is, line ends included.
  package var write: @Sendable (String) -> Void
  package var complain: @Sendable (String) -> Void
  package var isTerminal: Bool
  package var isComplaintTerminal: Bool

  package init(
    write: @escaping @Sendable (String) -> Void, complain: @escaping @Sendable (String) -> Void,
    isTerminal: Bool, isComplaintTerminal: Bool
  ) {
    self.write = write
    self.complain = complain
    self.isTerminal = isTerminal
    self.isComplaintTerminal = isComplaintTerminal
  }
}
