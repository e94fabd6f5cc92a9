internal import COpenVINO
internal import InferenceWorkerCore

/// Owns one model that the library has compiled for this processor.
@safe
final class OpenVINOCompiledHandle: Sendable {
  let library: OpenVINOLibrary
  /// Sound to share: the library locks what it changes. Released in `deinit`, before the library.
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<OpenVINOCompiled>
  /// As the file has them; nil where the library's own names are as good.
  let graphNames: OnnxGraphNames?

  init(
    library: OpenVINOLibrary, modelFile path: String, options: EngineOptions
  ) throws(EngineError) {
    self.library = library
    graphNames = path.hasSuffix(".onnx") ? OnnxGraphNames(file: path) : nil
    let table = unsafe library.table
    var network: UnsafeMutablePointer<OpenVINONetwork>?
    let damaged = EngineError(
      .modelInvalid, "the file is damaged or no model that OpenVINO can read")
    try library.check(orThrow: damaged) {
      unsafe table.pointee.readNetwork(library.core, path, nil, &network)
    }
    guard let network = unsafe network else { throw damaged }
    defer { unsafe table.pointee.releaseNetwork(network) }
    var compiled: UnsafeMutablePointer<OpenVINOCompiled>?
    let unsupported = EngineError(
      .modelUnsupported, "the model uses something that OpenVINO does not have on the CPU")
    try unsafe Self.withProperties(of: options) { properties throws(EngineError) in
      try library.check(orThrow: unsupported) {
        unsafe table.pointee.compile(
          library.core, network, "CPU", properties.count, properties.baseAddress, &compiled)
      }
    }
    guard let compiled = unsafe compiled else { throw unsupported }
    unsafe pointer = compiled
  }

  deinit { unsafe library.table.pointee.releaseCompiled(pointer) }

  /// Its default precision on processors that have it is bf16, which is silently wrong by percents: f32
  /// unless somebody asked.
  private static func withProperties(
    of options: EngineOptions,
    _ body: (UnsafeBufferPointer<OpenVINOProperty>) throws(EngineError) -> Void
  ) throws(EngineError) {
    let settings = [
      ("INFERENCE_PRECISION_HINT", options.precision == .bf16 ? "bf16" : "f32"),
      ("NUM_STREAMS", "\(options.concurrentRuns)"),
      ("INFERENCE_NUM_THREADS", "\(options.concurrentRuns * options.intraOpThreads)"),
      ("ENABLE_CPU_PINNING", "NO"),
    ]
    let names = unsafe OpenVINOTexts(settings.map(\.0))
    let values = unsafe OpenVINOTexts(settings.map(\.1))
    let properties = unsafe settings.indices.map { place in
      unsafe OpenVINOProperty(
        key: names.pointers[place], value: UnsafeRawPointer(values.pointers[place]))
    }
    // Sound: the texts live until the end of this function, the library keeps copies.
    try unsafe properties.withUnsafeBufferPointer { properties throws(EngineError) in
      try unsafe body(properties)
    }
    unsafe withExtendedLifetime((names, values)) {}
  }
}
