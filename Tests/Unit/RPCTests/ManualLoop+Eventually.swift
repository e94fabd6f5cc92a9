import TransportInProcess

extension ManualLoop {
  /// Lets the loop run until a condition holds; `false` if it does not in a time that is long for a machine
  /// that is busy with other things: handlers run on other threads too.
  func eventually(_ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(120)
    while await !condition() {
      guard ContinuousClock.now < end else { return false }
      await settle()
    }
    return true
  }
}
