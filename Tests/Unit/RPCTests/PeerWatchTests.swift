import Base
import Testing

@testable import RPC

/// The machine that finds out whether a silent peer is still there.
@Suite struct PeerWatchTests {
  private let start = MonotonicInstant(nanoseconds: 5_000_000_000)
  private let liveness = Liveness(quiet: .seconds(2), answer: .seconds(5))

  private func at(_ seconds: Double) -> MonotonicInstant {
    start.advanced(by: .seconds(1) * seconds)
  }

  @Test func `a peer that says nothing is asked once, and then given up`() {
    var watch = PeerWatch(liveness)
    let first = watch.start(at: start)
    #expect(first == at(2))
    let asked = watch.look(isWaiting: true, at: at(2))
    #expect(asked == .ask(lookAt: at(7)) && watch.isAsking)
    let end = watch.look(isWaiting: true, at: at(7))
    #expect(end == .giveUp)
  }

  @Test func `whatever is heard is a sign of life, so a busy connection carries no ping`() {
    var watch = PeerWatch(liveness)
    _ = watch.start(at: start)
    for second in stride(from: 2.0, through: 20, by: 2) {
      watch.hasHeard = true
      let step = watch.look(isWaiting: true, at: at(second))
      #expect(step == .look(at: at(second + 2)))
    }
  }

  @Test func `an answer to the question ends the suspicion`() {
    var watch = PeerWatch(liveness)
    _ = watch.start(at: start)
    _ = watch.look(isWaiting: true, at: at(2))
    watch.hasHeard = true
    #expect(!watch.isAsking)
    let step = watch.look(isWaiting: true, at: at(7))
    #expect(step == .look(at: at(9)))
    let again = watch.look(isWaiting: true, at: at(9))
    #expect(again == .ask(lookAt: at(14)))
  }

  @Test func `nobody is watched who owes nothing`() {
    var watch = PeerWatch(liveness)
    _ = watch.start(at: start)
    let step = watch.look(isWaiting: false, at: at(2))
    #expect(step == .rest && !watch.isOn)
  }

  @Test func `who comes late to look blames the peer only the second time`() {
    var watch = PeerWatch(liveness)
    _ = watch.start(at: start)
    _ = watch.look(isWaiting: true, at: at(2))
    // Stopped for a minute, with the answer perhaps still unread.
    let late = watch.look(isWaiting: true, at: at(62))
    #expect(late == .ask(lookAt: at(67)))
    let end = watch.look(isWaiting: true, at: at(127))
    #expect(end == .giveUp)
  }
}
