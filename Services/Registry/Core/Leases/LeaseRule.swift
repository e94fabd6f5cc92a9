import Contracts

/// What a worker may say of itself.
enum LeaseRule {
  private static let textBytesMax = 255

  static func check(_ request: Registry.AcquireLeaseRequest) throws(RegistryError) {
    try NameRule.checkModel(request.model)
    try check(request.workerID, "worker_id", isRequired: true)
    try check(request.host, "host", isRequired: false)
    guard let colon = request.endpoint.lastIndex(of: ":"), colon > request.endpoint.startIndex,
      let port = UInt16(request.endpoint[request.endpoint.index(after: colon)...]), port > 0
    else {
      throw .invalid(
        "`endpoint` is `\(NameRule.excerpt(request.endpoint))`: expected host:port")
    }
    try check(request.endpoint, "endpoint", isRequired: true)
  }

  private static func check(
    _ text: String, _ field: String, isRequired: Bool
  ) throws(RegistryError) {
    let isPrintable = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    guard isPrintable, text.utf8.count <= textBytesMax, !isRequired || !text.isEmpty else {
      throw .invalid(
        "`\(field)` is `\(NameRule.excerpt(text))`: expected at most \(textBytesMax) printable "
          + "ASCII characters without spaces")
    }
  }
}
