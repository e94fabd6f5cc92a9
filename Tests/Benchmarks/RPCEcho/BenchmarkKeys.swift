internal import Trust

/// Role keys that everybody can know: they guard nothing, and cost in the handshake what real ones do.
enum BenchmarkKeys {
  static let clientRole = ServiceRole.gateway
  static let serverRole = ServiceRole.inferenceWorker

  static func identity(of role: ServiceRole) throws(KeyError) -> ServiceIdentity {
    let byte: UInt8 = role == clientRole ? 1 : 2
    let half = [UInt8](repeating: byte, count: 32)
    return ServiceIdentity(
      role: role, key: try SigningKey(seed: half, scalar: half, comment: "benchmark"))
  }

  static func trust() throws(KeyError) -> ServiceTrust {
    try ServiceTrust([
      clientRole: [try identity(of: clientRole).key.verifyingKey],
      serverRole: [try identity(of: serverRole).key.verifyingKey],
    ])
  }
}
