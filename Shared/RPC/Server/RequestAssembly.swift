/// A request of which parts are still to come.
///
/// An object, so that a part is added to those before it in place: a request may have tens of thousands of
/// parts, and to copy what is there for each would let a peer spend our time with little of its own.
final class RequestAssembly {
  let head: [UInt8]
  /// On whose behalf the call was let in.
  let origin: CallOrigin
  /// The parts so far, inflated.
  var body: [UInt8]

  init(head: [UInt8], origin: CallOrigin, body: [UInt8]) {
    self.head = head
    self.origin = origin
    self.body = body
  }
}
