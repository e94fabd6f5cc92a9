import InferenceWorkerCore
import Testing

@Suite struct TicketSlotTests {
  private let ticket = AdmissionTicket(number: 0)

  @Test func `a caller who goes after admission cancels the ticket`() {
    let slot = TicketSlot()
    #expect(slot.admit(as: ticket))
    #expect(slot.leave() == ticket)
  }

  @Test func `a call that was left before its admission is not to wait`() {
    let slot = TicketSlot()
    #expect(slot.leave() == nil)
    #expect(!slot.admit(as: ticket))
    #expect(slot.leave() == nil)
  }

  @Test func `of an admission and a leave at once, one of both cancels`() async {
    for _ in 0..<1_000 {
      let slot = TicketSlot()
      async let waits = slot.admit(as: ticket)
      async let left = slot.leave()
      let (isWaiting, cancelled) = await (waits, left)
      #expect(isWaiting == (cancelled == ticket))
    }
  }
}
