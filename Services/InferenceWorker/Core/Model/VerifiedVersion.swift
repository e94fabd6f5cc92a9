package import Trust

/// A version that may be loaded here: its files by what people signed, not by what the registry says.
package struct VerifiedVersion: Sendable {
  package let model: String
  package let version: UInt32
  package let deployment: VerifiedDeployment
  /// Exactly the files of the manifest.
  package let files: [VersionFile]
}
