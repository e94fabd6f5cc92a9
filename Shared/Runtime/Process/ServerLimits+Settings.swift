package import RPC

extension ServerLimits {
  /// What this machine has to give, as far as it was not told otherwise.
  ///
  /// - Throws: ``SettingsError`` that names the variable.
  package init(_ settings: ServiceSettings) throws(SettingsError) {
    self.init()
    if let seconds = try settings.integer("idle.timeout", in: 1...86_400) {
      idleTimeout = .seconds(seconds)
    }
    let openable = OpenFiles.raiseLimit()
    connectionsMax = min(
      try settings.integer("connections.max", in: 1...1_000_000) ?? connectionsMax, openable)
    connectionsPerPrincipalMax =
      try settings.integer("connections.per.principal", in: 1...1_000_000)
      ?? connectionsPerPrincipalMax
    handshakesPerSourceMax =
      try settings.integer("handshakes.per.address", in: 1...1_000_000) ?? handshakesPerSourceMax
    heldBytesTotalMax =
      try settings.integer("held.mebibytes", in: Self.mebibytes).map { $0 << 20 }
      ?? MachineMemory.bounded(heldBytesTotalMax)
    keptBytesTotalMax =
      try settings.integer("kept.mebibytes", in: Self.mebibytes).map { $0 << 20 }
      ?? MachineMemory.bounded(keptBytesTotalMax)
  }

  private static let mebibytes = 1...1_048_576
}
