internal import COpenVINO
import Glibc
internal import InferenceWorkerCore
import Synchronization

/// The opened OpenVINO library and its core, one of each per process, which stay for its life: the library
/// keeps threads and static state of its own.
@safe
final class OpenVINOLibrary: Sendable {
  /// Such as `2026.4.1-22982-…`, cut after the release.
  let version: String
  /// Sound to share: the table is written before anybody else sees it, the core is locked by the library,
  /// and neither is released.
  nonisolated(unsafe) let table: UnsafeMutablePointer<OpenVINOTable>
  nonisolated(unsafe) let core: UnsafeMutablePointer<OpenVINOCore>

  /// A failed call and the text of its error must be together: the text is the process's.
  private let failing = Mutex(())
  private static let opened = Mutex<[String: OpenVINOLibrary]>([:])

  static func open(_ search: LibrarySearch) throws(EngineError) -> OpenVINOLibrary {
    guard let path = search.found else {
      throw EngineError(
        .engineMissing,
        "the OpenVINO library was not found; looked for "
          + search.candidates.map { "`\($0)`" }.joined(separator: ", ") + "; run scripts/bootstrap")
    }
    return try opened.withLock { opened throws(EngineError) in
      if let library = opened[path] { return library }
      let library = try OpenVINOLibrary(path: path)
      opened[path] = library
      return library
    }
  }

  private init(path: String) throws(EngineError) {
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      // dlerror's text belongs to this thread and lives until its next dl call.
      let cause = unsafe dlerror().map { unsafe String(cString: $0) }
      throw EngineError(
        .engineMissing,
        "\(quoted(path)) can't be used as the OpenVINO library; run scripts/bootstrap", cause: cause
      )
    }
    unsafe table = openvino_new_table()
    if let missing = unsafe openvino_fill_table(handle, table) {
      throw EngineError(
        .engineMissing,
        "\(quoted(path)) lacks `\(unsafe String(cString: missing))`; run scripts/bootstrap")
    }
    version = unsafe Self.version(table)
    var core: UnsafeMutablePointer<OpenVINOCore>?
    guard unsafe table.pointee.createCore(&core) == 0, let core = unsafe core else {
      throw EngineError(.engineMissing, "OpenVINO \(version) could not be started")
    }
    unsafe self.core = core
  }

  private static func version(_ table: UnsafeMutablePointer<OpenVINOTable>) -> String {
    var found = unsafe OpenVINOVersion(build: nil, description: nil)
    guard unsafe table.pointee.version(&found) == 0 else { return "unknown" }
    defer { unsafe table.pointee.releaseVersion(&found) }
    let build = unsafe found.build.map { unsafe String(cString: $0) } ?? "unknown"
    return build.split(separator: "-").first.map(String.init) ?? build
  }

  /// Does a call that returns a status and, should it fail, reads what the library says of it. One at a
  /// time: not for what runs a model.
  func check(
    orThrow error: @autoclosure () -> EngineError, _ call: () -> Int32
  ) throws(EngineError) {
    let failure: String? = failing.withLock { _ in
      guard call() != 0 else { return nil }
      guard let text = unsafe table.pointee.lastError() else { return "no words" }
      defer { unsafe table.pointee.release(text) }
      return unsafe String(cString: text)
    }
    guard let failure else { return }
    var error = error()
    error.cause = failure
    throw error
  }
}
