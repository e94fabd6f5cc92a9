import RPC

extension CallContext {
  /// Who acts, for the log.
  var author: Author {
    if let caller { return .principal(caller.principal) }
    switch peer {
    case .service(let role): return .service(role)
    case .principal(let principal): return .principal(principal.name)
    }
  }

  /// Refuses a key that is for some models only where the model is another one.
  func allow(model: String) throws(RegistryError) {
    var models = caller?.models ?? []
    if caller == nil, case .principal(let principal) = peer { models = principal.models }
    guard models.isEmpty || models.contains("*") || models.contains(model) else {
      throw .forbidden(
        "your key is not for the model `\(NameRule.excerpt(model))`: ask an admin for one that is")
    }
  }
}
