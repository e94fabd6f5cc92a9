/// How the tensors of one request are written; the answer is written the same way.
package enum ContentsForm: Sendable, Hashable {
  /// `raw_input_contents`: one element of bytes for each input.
  case raw
  /// `contents`: typed fields in each tensor.
  case typed
}
