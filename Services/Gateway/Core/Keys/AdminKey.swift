import Trust

/// The first key, which makes all others: written to a file of mode 0600 on the first start, and shown
/// nowhere else.
package enum AdminKey {
  package static let principal = "admin"

  /// Makes the admin key unless there is any key. When this returns, the file and the key are on disk.
  ///
  /// The file comes first: a crash in between leaves a key in a file that the next start takes up.
  ///
  /// - Returns: the key's record if this start made it.
  package static func bootstrap(
    path: String, keys: KeyStore
  ) async throws(GatewayError) -> KeyRecord? {
    guard try await keys.list().isEmpty else { return nil }
    let key = try readOrCreate(path, draft: try keys.newKey())
    let request = KeyRequest(
      principal: principal, roles: [Role.admin.rawValue], models: [ModelScope.wildcard])
    let issued = try await keys.create(request, key: key, by: .gateway, reason: "first start")
    return issued.record
  }

  private static func readOrCreate(_ path: String, draft: APIKey) throws(GatewayError) -> APIKey {
    do throws(KeyError) {
      do throws(KeyError) {
        try KeyFile.create(path, Array((draft.text + "\n").utf8))
      } catch {
        guard case .fileExists = error else { throw error }
      }
      let text = String(decoding: try KeyFile.read(path, exposure: .secret), as: UTF8.self)
      return try parse(text, path)
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private static func parse(_ text: String, _ path: String) throws(KeyError) -> APIKey {
    do throws(APIKeyError) {
      return try APIKey(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    } catch {
      throw .malformed("`\(path)` holds no key (\(error)): move it away and start again")
    }
  }
}
