internal import COnnxRuntime
import Glibc
internal import InferenceWorkerCore
import Synchronization

/// The opened ONNX Runtime library: its C table and its environment, one of each per process.
///
/// Once opened it stays for the life of the process: it keeps threads and static state of its own,
/// and making an environment while another thread releases the last one fails.
@safe
final class OnnxRuntimeLibrary: Sendable {
  /// The library's release, such as `1.28.0`.
  let version: String
  let hasShapeIsKnown: Bool
  /// Sound to share: the table and what these handles point to are immutable or locked by the
  /// library itself, and are never released.
  nonisolated(unsafe) let table: UnsafePointer<OnnxRuntimeTable>
  nonisolated(unsafe) let environment: UnsafeMutablePointer<OnnxEnvironment>
  nonisolated(unsafe) let cpuMemory: UnsafeMutablePointer<OnnxMemoryInfo>
  nonisolated(unsafe) let allocator: UnsafeMutablePointer<OnnxAllocator>

  private static let opened = Mutex<[String: OnnxRuntimeLibrary]>([:])

  private let logs: LogBox

  /// The library that the search finds; opened by the first call. Every `log` hears all of its lines.
  static func open(
    _ search: LibrarySearch, log: @escaping EngineLog
  ) throws(EngineError) -> OnnxRuntimeLibrary {
    guard let path = search.found else {
      throw EngineError(
        .engineMissing,
        "the ONNX Runtime library was not found; looked for "
          + search.candidates.map { "`\($0)`" }.joined(separator: ", ") + "; run scripts/bootstrap")
    }
    return try opened.withLock { opened throws(EngineError) in
      if let library = opened[path] {
        library.logs.add(log)
        return library
      }
      let library = try OnnxRuntimeLibrary(path: path, log: log)
      opened[path] = library
      return library
    }
  }

  private init(path: String, log: @escaping EngineLog) throws(EngineError) {
    let base = unsafe try Self.base(path)
    version = unsafe String(cString: base.pointee.version())
    let release = version.split(separator: ".").compactMap { Int($0) }
    guard let table = unsafe base.pointee.table(OnnxRuntimeAPIVersion) else {
      throw EngineError(
        .engineMissing,
        "the ONNX Runtime library is \(quoted(version)), expected 1.23 or later; run scripts/bootstrap"
      )
    }
    unsafe self.table = table
    hasShapeIsKnown =
      release.count >= 2
      && (release[0], release[1]) >= (1, Int(OnnxRuntimeMinorWithShapeIsKnown))

    let logs = LogBox()
    logs.add(log)
    self.logs = logs
    // Looked at only while the environment is created; releases from 1.29 on send unless it is set.
    unsafe setenv("ORT_DISABLE_TELEMETRY", "1", 1)
    let failed = EngineError(.engineMissing, "ONNX Runtime \(version) could not be started")
    unsafe environment = try table.create(orThrow: failed) { table, environment in
      // Sound: the box is never released, so it outlives the environment.
      unsafe table.pointee.createEnvironment(
        receiveLog, Unmanaged.passRetained(logs).toOpaque(), LogBox.levelMin, "slipway",
        environment)
    }
    unsafe cpuMemory = try table.create(orThrow: failed) { table, memory in
      unsafe table.pointee.createCPUMemoryInfo(AllocatorKind.device, MemoryKind.standard, memory)
    }
    unsafe allocator = try table.create(orThrow: failed) { table, allocator in
      unsafe table.pointee.defaultAllocator(allocator)
    }
  }

  private enum AllocatorKind { static let device: Int32 = 0 }
  private enum MemoryKind { static let standard: Int32 = 0 }

  private static func base(
    _ path: String
  ) throws(EngineError) -> UnsafePointer<OnnxRuntimeBase> {
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL),
      let symbol = unsafe dlsym(handle, "OrtGetApiBase")
    else {
      // dlerror's text belongs to this thread and lives until its next dl call.
      let cause = unsafe dlerror().map { unsafe String(cString: $0) }
      throw EngineError(
        .engineMissing,
        "\(quoted(path)) can't be used as the ONNX Runtime library; run scripts/bootstrap",
        cause: cause)
    }
    // Sound: the exported function of this name has had this type in every release.
    let entry = unsafe unsafeBitCast(symbol, to: OnnxRuntimeEntry.self)
    guard let base = unsafe entry() else {
      throw EngineError(.engineMissing, "\(quoted(path)) has no table; run scripts/bootstrap")
    }
    return unsafe base
  }
}
