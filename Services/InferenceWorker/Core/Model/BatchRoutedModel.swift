/// One model in the engines that its probe chose, each taking the batches that it is faster with, under the
/// signature that was pushed: engines say the same thing in different words.
///
/// A second engine costs the memory of a second copy; a probe chooses it only where the difference is clear.
final class BatchRoutedModel: LoadedModel {
  struct Route: Sendable {
    /// From this batch size on.
    var batch: Int
    var model: any LoadedModel
  }

  let signature: ModelSignature
  /// Ascending by batch.
  private let routes: [Route]

  private init(_ routes: [Route], signature: ModelSignature) {
    self.routes = routes
    self.signature = signature
  }

  /// The model itself where there is one route and nothing to be said in other words.
  /// - Parameters:
  ///   - routes: at least one, the first from batch 1 on.
  ///   - signature: as it was pushed; every route fits it.
  static func joined(_ routes: [Route], signature: ModelSignature) -> any LoadedModel {
    precondition(!routes.isEmpty, "a plan has at least one engine")
    return routes.count == 1 && routes[0].model.signature == signature
      ? routes[0].model : BatchRoutedModel(routes, signature: signature)
  }

  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    let batch = inputs.first?.shape.first ?? 1
    let route = routes.last { $0.batch <= batch } ?? routes[0]
    return try route.model.run(
      inputs, outputs: outputs.isEmpty ? signature.outputs.map(\.name) : outputs,
      terminator: terminator)
  }
}
