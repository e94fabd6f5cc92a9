import Trust

/// The rules for names and texts that callers give.
enum ContentNames {
  static func check(_ name: String, _ what: String) throws(ContentError) {
    if let fault = Name.fault(name) { throw .invalid("\(what) `\(excerpt(name))` \(fault)") }
  }

  static func checkText(_ text: String, _ what: String) throws(ContentError) {
    guard text.utf8.count <= ContentLimits.textBytesMax else {
      throw .invalid(
        "\(what) has \(text.utf8.count) bytes: expected at most \(ContentLimits.textBytesMax)")
    }
  }

  static func checkKey(_ key: String) throws(ContentError) {
    guard (1...ContentLimits.requestKeyBytesMax).contains(key.utf8.count) else {
      throw .invalid(
        "expected a request key of 1 to \(ContentLimits.requestKeyBytesMax) bytes, such as a UUID")
    }
  }

  /// Input as a message may repeat it: short, one line.
  static func excerpt(_ text: String) -> String {
    let printable = text.unicodeScalars.prefix(80).map { scalar in
      scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return printable.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
  }
}
