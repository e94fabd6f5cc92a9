internal import Foundation
internal import Trust

/// Where a person's signing keys live: `~/.config/slipway/identities/NAME.key`, mode 0600, with the
/// public half beside it as `NAME.pub`.
struct IdentityFolder {
  let path: String

  init(_ context: ToolContext) {
    let home = context.environment["HOME"] ?? "."
    path =
      context.environment["SLIPWAY_IDENTITIES"] ?? "\(home)/.config/slipway/identities"
  }

  func keyPath(_ name: String) -> String { "\(path)/\(name).key" }

  func make() throws(ToolError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ToolError(.failed, "`\(path)` could not be made: \(error.localizedDescription)")
    }
  }

  /// The signing key of a name in the folder, or of a path.
  func signingKey(_ nameOrPath: String) throws(ToolError) -> SigningKey {
    do {
      return try SigningKey.load(from: resolve(nameOrPath))
    } catch .fileMissing(let path) {
      throw ToolError(
        .notFound, "expected a signing key at `\(path)`, there is none",
        advice: "make one with `slipway identity create \(nameOrPath)`, or give the path of a key")
    } catch {
      throw ToolError(explaining: error)
    }
  }

  /// The public key of a name in the folder, of the path of either half, or the line itself.
  func verifyingKey(_ text: String) throws(ToolError) -> VerifyingKey {
    do throws(KeyError) {
      if text.hasPrefix(VerifyingKey.algorithm) { return try VerifyingKey(text) }
      if text.hasSuffix(".pub") {
        guard let content = FileManager.default.contents(atPath: text) else {
          throw .fileMissing(path: text)
        }
        return try VerifyingKey(
          String(decoding: content, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines))
      }
    } catch {
      throw ToolError(explaining: error)
    }
    return try signingKey(text).verifyingKey
  }

  private func resolve(_ nameOrPath: String) -> String {
    nameOrPath.contains("/") || nameOrPath.hasSuffix(".key") ? nameOrPath : keyPath(nameOrPath)
  }
}
