/// A connection as its transport sees it. Everything is called on the connection's loop.
package protocol FrameConnection: Actor {
  /// The bytes can flow now. Called once, first.
  func opened()
  /// Takes what was read and returns how many of its bytes were used.
  func receive(_ bytes: RawSpan) -> Int
  /// All of a read has been received: answers are to be handed to the peer.
  func flush()
  /// The peer has taken what was written.
  func writable()
  /// Whether more is to be read; asked after each read.
  var mayRead: Bool { get }
  /// The connection is gone. Called once, last.
  func closed()

  /// ``receive(_:)``, for a transport that is on the loop without being a task of it.
  nonisolated func takeOnLoop(_ bytes: RawSpan) -> Int
  /// ``flush()``, likewise. Returns ``mayRead``.
  nonisolated func finishReadOnLoop() -> Bool
}

extension ServerConnection: FrameConnection {}
extension ClientConnection: FrameConnection {
  package var mayRead: Bool { true }
}
