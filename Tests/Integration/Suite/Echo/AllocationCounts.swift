package import Foundation

/// What a process has asked the heap for so far, as Tests/Support/CAllocationCounter counts it.
package struct AllocationCounts: Sendable {
  private let file: URL
  private let library: String

  /// - Throws: ``StepFailure`` if the library was not built.
  package init(in folder: URL, _ checkout: Checkout) throws {
    file = folder.appending(path: "allocations-\(UUID().uuidString)")
    library = checkout.executables.appending(path: "liballocation-counter.so").path
    try expect(
      FileManager.default.fileExists(atPath: library),
      "expected the library `\(library)`: build it with swift build --build-tests")
    try Data(count: Self.byteCount).write(to: file)
  }

  /// For the process that is to be counted.
  package var variables: [String: String] {
    ["LD_PRELOAD": library, "ALLOCATION_COUNTS": file.path]
  }

  /// Calls of malloc, calloc, realloc and the aligned ones together.
  package func total() throws -> Int {
    let bytes = try Data(contentsOf: file)
    try expect(bytes.count == Self.byteCount, "the counter has another layout")
    return stride(from: 0, to: bytes.count, by: 8).reduce(0) { total, start in
      total + bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }

  package func remove() { try? FileManager.default.removeItem(at: file) }

  /// Of `allocation_counts`: four counters of 64 bits, little-endian.
  private static let byteCount = 32
}
