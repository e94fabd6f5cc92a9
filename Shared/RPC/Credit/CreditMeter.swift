/// What a peer may still send us, on one stream or on the connection, and what we owe it.
///
/// A peer may begin a frame while its credit is above zero, and the frame may take it below: so a
/// receiver holds at most its window and one frame.
struct CreditMeter {
  private let window: Int
  private var balance: Int
  private var owed = 0

  /// - Parameter window: what we said in the handshake, bytes.
  init(window: Int) {
    self.window = window
    balance = window
  }

  /// Counts a frame that came. `false` if the peer had no credit for it; a frame that costs nothing needs
  /// none.
  mutating func take(_ cost: Int) -> Bool {
    guard cost == 0 || balance > 0 else { return false }
    balance -= cost
    return true
  }

  /// Counts what has been read and is held no more, and returns what is to be granted now: nothing
  /// until it is worth a frame, so that small messages cost no credit frames of their own.
  mutating func release(_ cost: Int) -> Int? {
    owed += cost
    guard owed >= Self.step(of: window) else { return nil }
    defer { owed = 0 }
    balance += owed
    return owed
  }

  /// What makes a grant worth a frame: half of a window.
  static func step(of window: Int) -> Int { max(1, window / 2) }
}
