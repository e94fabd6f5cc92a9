/// A version of a model, for counters and tables.
package struct VersionName: Sendable, Hashable {
  package let model: String
  package let version: UInt32

  package init(model: String, version: UInt32) {
    self.model = model
    self.version = version
  }
}
