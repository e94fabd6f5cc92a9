internal import COnnxRuntime

/// A fixed number of places for values of the library; releases what they hold at its end.
@safe
struct OnnxValueList: ~Copyable {
  typealias Value = UnsafeMutablePointer<OnnxValue>

  /// `count` places, NULL until set; owned by the list, so never to be kept beyond it.
  let places: UnsafeMutablePointer<Value?>
  let count: Int
  private let library: OnnxRuntimeLibrary

  init(count: Int, library: OnnxRuntimeLibrary) {
    unsafe places = .allocate(capacity: count)
    unsafe places.initialize(repeating: nil, count: count)
    self.count = count
    self.library = library
  }

  deinit {
    for index in 0..<count {
      if let value = unsafe places[index] { unsafe library.table.pointee.releaseValue(value) }
    }
    unsafe places.deallocate()
  }
}
