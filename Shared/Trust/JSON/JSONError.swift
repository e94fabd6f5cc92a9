/// Why a text is not the JSON that was expected; the sentence names the place and the expectation.
struct JSONError: Error, Equatable {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}
