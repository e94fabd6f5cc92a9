import Testing

@testable import RegistryCore

struct ChangeBoardTests {
  @Test func manyChangesOfAModelAreOneForASlowWatcher() async throws {
    let board = ChangeBoard(watchersMax: 2)
    let place = try board.join()
    for _ in 0..<10_000 {
      board.post(model: "b")
      board.post(model: "a")
    }
    var bell = place.bell.makeAsyncIterator()
    #expect(await bell.next() != nil)
    #expect(board.take(place) == ["a", "b"])
    #expect(board.take(place) == [])
  }

  @Test func eachWatcherHasItsOwnList() throws {
    let board = ChangeBoard(watchersMax: 2)
    let (one, two) = (try board.join(), try board.join())
    board.post(model: "a")
    #expect(board.take(one) == ["a"])
    #expect(board.take(two) == ["a"])
  }

  @Test func refusesMoreWatchersThanTheLimitUntilOneLeaves() throws {
    let board = ChangeBoard(watchersMax: 1)
    let place = try board.join()
    #expect(throws: RegistryError.self) { try board.join() }
    board.leave(place)
    _ = try board.join()
  }

  @Test func theBellFallsSilentWhenTheBoardCloses() async throws {
    let board = ChangeBoard(watchersMax: 1)
    let place = try board.join()
    board.close()
    var bell = place.bell.makeAsyncIterator()
    #expect(await bell.next() == nil)
  }
}
