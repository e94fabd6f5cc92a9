/// Which assertion is in which slot of a connection. The oldest makes room for a new one.
struct AssertionSlots {
  private var slots: [[UInt8]: UInt32] = [:]
  private var order: [[UInt8]] = []
  private var next = 0
  private static let countMax = 1_024

  mutating func slot(of assertion: [UInt8]) -> (slot: UInt32, isNew: Bool) {
    if let slot = slots[assertion] { return (slot, false) }
    if order.count < Self.countMax {
      order.append(assertion)
      slots[assertion] = UInt32(order.count)
      return (UInt32(order.count), true)
    }
    let slot = UInt32(next + 1)
    slots[order[next]] = nil
    order[next] = assertion
    slots[assertion] = slot
    next = (next + 1) % Self.countMax
    return (slot, true)
  }
}
