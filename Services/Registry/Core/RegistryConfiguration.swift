/// Where the registry keeps its state and whom it trusts.
package struct RegistryConfiguration: Sendable {
  /// Folder of the database, the artifacts and the uploads; made with mode 0700 if it is not there.
  package var stateDirectory: String
  /// File that maps keys to people and roles.
  package var trustFilePath: String
  package var limits: RegistryLimits

  package init(
    stateDirectory: String, trustFilePath: String, limits: RegistryLimits = RegistryLimits()
  ) {
    self.stateDirectory = stateDirectory
    self.trustFilePath = trustFilePath
    self.limits = limits
  }
}
