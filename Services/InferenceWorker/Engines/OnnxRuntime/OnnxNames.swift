import Glibc

/// Names as C strings, in the order given, alive as long as this object.
@safe
final class OnnxNames: Sendable {
  /// Sound to share: written in `init` only.
  nonisolated(unsafe) let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
  let count: Int
  let index: [String: Int]

  init(_ names: [String]) {
    count = names.count
    index = Dictionary(names.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    unsafe pointers = .allocate(capacity: names.count)
    for (place, name) in names.enumerated() {
      unsafe (pointers + place).initialize(to: strdup(name).map { unsafe UnsafePointer($0) })
    }
  }

  deinit {
    for place in 0..<count { unsafe free(UnsafeMutablePointer(mutating: pointers[place])) }
    unsafe pointers.deallocate()
  }
}
