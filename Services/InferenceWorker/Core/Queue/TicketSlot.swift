internal import Synchronization

/// The ticket of a call that may be left by its caller before it has one: whoever comes second of its admission
/// and its caller's leaving learns of the first.
package final class TicketSlot: Sendable {
  private let state = Atomic<UInt64>(isNew)
  private static let isNew: UInt64 = 0
  private static let isLeft: UInt64 = 1
  /// From here on, a ticket's number behind it.
  private static let isAdmitted: UInt64 = 2

  package init() {}

  /// The call waits under this ticket from now on; `false` if its caller has gone, so that it is to be
  /// cancelled.
  package func admit(as ticket: AdmissionTicket) -> Bool {
    state.compareExchange(
      expected: Self.isNew, desired: Self.isAdmitted + ticket.number, ordering: .relaxed
    ).exchanged
  }

  /// The caller goes. Returns the ticket to cancel; `nil` if there is none yet.
  package func leave() -> AdmissionTicket? {
    let (_, before) = state.compareExchange(
      expected: Self.isNew, desired: Self.isLeft, ordering: .relaxed)
    return before >= Self.isAdmitted
      ? AdmissionTicket(number: before - Self.isAdmitted) : nil
  }
}
