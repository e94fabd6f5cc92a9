internal import Contracts

/// An API key without its secret, except right after it was made.
struct KeyView: PresentableRow {
  static let columns = [
    "ID", "PRINCIPAL", "ROLES", "MODELS", "RATE", "IN FLIGHT", "EXPIRES", "STATE", "REPLACED BY",
  ]

  var id: String
  var principal: String
  var roles: [String]
  var models: [String]
  /// 0 for no limit.
  var requestsPerSecond: UInt32
  var inFlightMax: UInt32
  var expiresAt: String?
  var createdAt: String?
  var createdBy: String
  var revokedAt: String?
  var replacedBy: String?
  var state: String
  var secret: String?

  init(_ key: Gateway.Key, secret: String? = nil) {
    id = key.id
    principal = key.principal
    roles = key.roles
    models = key.models
    requestsPerSecond = key.limits?.requestsPerSecond ?? 0
    inFlightMax = key.limits?.inFlightMax ?? 0
    expiresAt = Spelling.time(key.expiresAt)
    createdAt = Spelling.time(key.createdAt)
    createdBy = key.createdBy
    revokedAt = Spelling.time(key.revokedAt)
    replacedBy = key.replacedBy.isEmpty ? nil : key.replacedBy
    state = key.state
    self.secret = secret
  }

  var row: [String] {
    [
      id, principal, roles.joined(separator: ","), models.joined(separator: ","),
      requestsPerSecond == 0 ? "" : "\(requestsPerSecond)/s",
      inFlightMax == 0 ? "" : "\(inFlightMax)", expiresAt ?? "never", state, replacedBy ?? "",
    ]
  }
}
