/// One file of a bundle.
package struct BundleFile: Sendable, Hashable {
  /// Inside the bundle, with `/` between folders.
  package let path: String
  package let content: [UInt8]

  package init(path: String, content: [UInt8]) {
    self.path = path
    self.content = content
  }
}
