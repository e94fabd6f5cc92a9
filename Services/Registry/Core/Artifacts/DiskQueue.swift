import Dispatch

/// Threads for blocking file calls, so that none of them ever holds a thread of the cooperative pool.
///
/// Work with the same key runs in order, one piece at a time; work with different keys may share a
/// lane, of which there are few: more threads do not make a disk faster.
struct DiskQueue: Sendable {
  private let lanes: [DispatchQueue]

  init(name: String, lanes count: Int = 4) {
    lanes = (0..<count).map { DispatchQueue(label: "registry.\(name).\($0)") }
  }

  func run<Value: Sendable>(
    key: String, _ work: @escaping @Sendable () throws(RegistryError) -> Value
  ) async throws(RegistryError) -> Value {
    let hash = key.utf8.reduce(into: UInt64(5381)) { $0 = $0 &* 33 &+ UInt64($1) }
    let lane = lanes[Int(hash % UInt64(lanes.count))]
    let result: Result<Value, RegistryError> = await withCheckedContinuation { continuation in
      lane.async {
        do throws(RegistryError) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}
