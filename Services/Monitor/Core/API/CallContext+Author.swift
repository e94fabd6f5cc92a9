import AuditLog
import RPC

extension CallContext {
  /// Who acts, for the log.
  var author: AuditReference {
    if let caller { return AuditReference(.principal, caller.principal) }
    switch peer {
    case .service(let role): return AuditReference(.service, role)
    case .principal(let principal): return AuditReference(.principal, principal.name)
    }
  }

  /// Models that the caller's key is for; `nil` for every one.
  var models: Set<String>? {
    var models = caller?.models ?? []
    if caller == nil, case .principal(let principal) = peer { models = principal.models }
    return models.isEmpty || models.contains("*") ? nil : models
  }

  /// Refuses a key that is for some models only where the model is another one. What a model was asked is
  /// nobody else's to know.
  func allow(_ model: String) throws(MonitorError) {
    guard let models, !models.contains(model) else { return }
    throw .forbidden(
      "your key is not for the model `\(model.prefix(80))`: ask an admin for one that is")
  }
}
