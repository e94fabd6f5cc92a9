/// Why there is no verdict, or why a bundle was refused.
package enum PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// For whoever wrote the bundle: each rule that is wrong, with file, line and what was expected.
  case refused([BundleFault])
  case bundleUnknown(digest: String)
  case contentTooLong(byteCount: Int)
  /// The cause stays in the log.
  case failed(cause: String)

  package var description: String {
    switch self {
    case .refused(let faults): faults.map(\.description).joined(separator: "\n")
    case .bundleUnknown(let digest): "there is no policy bundle `\(digest)`"
    case .contentTooLong(let byteCount):
      "expected at most \(PolicyLimits.contentBytesMax) bytes of content, got \(byteCount)"
    case .failed(let cause): cause
    }
  }
}
