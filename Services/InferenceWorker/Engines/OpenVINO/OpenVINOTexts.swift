import Glibc

/// Texts as C strings, alive as long as this object.
@unsafe
final class OpenVINOTexts {
  let pointers: [UnsafePointer<CChar>]

  init(_ texts: [String]) {
    unsafe pointers = texts.compactMap { text in
      unsafe strdup(text).map { unsafe UnsafePointer($0) }
    }
  }

  deinit {
    for place in unsafe pointers.indices {
      unsafe free(UnsafeMutablePointer(mutating: pointers[place]))
    }
  }
}
