import RPC

/// The names of status codes as people and logs read them, such as `resource_exhausted`.
enum StatusName {
  static func of(_ code: Int64) -> String {
    guard let byte = UInt8(exactly: code), let status = StatusCode(rawValue: byte) else {
      return "\(code)"
    }
    if status == .internalError { return "internal" }
    return "\(status)".reduce(into: "") { name, character in
      if character.isUppercase { name += "_" }
      name += character.lowercased()
    }
  }
}
