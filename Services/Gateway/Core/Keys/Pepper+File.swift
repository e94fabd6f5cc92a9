import Trust

extension Pepper {
  /// Reads the pepper, or makes one where there is none.
  ///
  /// - Parameter isNew: whether no key was made yet; keys without their pepper are worth nothing, so a
  ///   lost one is never replaced in silence.
  package static func load(path: String, isNew: Bool) throws(GatewayError) -> Pepper {
    do throws(KeyError) {
      return try read(path)
    } catch {
      guard case .fileMissing = error else { throw .failed(cause: "\(error)") }
      guard isNew else {
        throw .failed(
          cause: "\(error), and the stored keys were hashed with what it held: restore it")
      }
    }
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    do throws(KeyError) {
      try KeyFile.create(path, bytes)
      return try read(path)
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private static func read(_ path: String) throws(KeyError) -> Pepper {
    let bytes = try KeyFile.read(path, exposure: .secret)
    guard let pepper = Pepper(bytes: bytes) else {
      throw .malformed("expected `\(path)` to hold \(byteCount) bytes, got \(bytes.count)")
    }
    return pepper
  }
}
