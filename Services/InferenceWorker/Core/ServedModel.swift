/// A loaded version with what stands before it: the checks and the queue.
struct ServedModel: Sendable {
  let version: LoadedVersion
  let validator: RequestValidator
  let pool: EnginePool

  var signature: ModelSignature { validator.signature }
}
