internal import ArgumentParser
internal import AuditLog

/// Whom an auditor trusts.
struct AuditKeys: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The log's key as you know it, or @FILE that holds it.", valueName: "name+number+base64"))
  var logKey: String?
  @Option(
    help: ArgumentHelp(
      "Key of a witness that must have cosigned, or @FILE; may be repeated.",
      valueName: "name+number+base64"))
  var witness: [String] = []

  func log() throws(ToolError) -> NoteKey? {
    guard let logKey else { return nil }
    let key = try Self.key(logKey)
    guard key.kind == .signer else {
      throw ToolError(.usage, "expected the key of a log, `\(key.name)` is a witness's")
    }
    return key
  }

  func witnesses() throws(ToolError) -> [NoteKey] {
    var keys: [NoteKey] = []
    for text in witness {
      let key = try Self.key(text)
      guard key.kind == .witness else {
        throw ToolError(.usage, "expected the key of a witness, `\(key.name)` is a log's")
      }
      keys.append(key)
    }
    return keys
  }

  static func key(_ text: String) throws(ToolError) -> NoteKey {
    var text = text
    if text.hasPrefix("@") {
      let path = String(text.dropFirst())
      text = String(decoding: try AuditFolder.content(of: path), as: UTF8.self)
      while text.last?.isWhitespace == true { text.removeLast() }
    }
    do throws(NoteError) {
      return try NoteKey(text)
    } catch {
      throw ToolError(.usage, "\(error)")
    }
  }
}
