import RPCTestKit
import Testing

@testable import RPC

/// Who gets a place at a server, and who pays where there is too much.
@Suite struct ConnectionLedgerTests {
  private typealias Ledger = ConnectionLedger<Int>

  private func limits(connectionsMax: Int = 10) -> ServerLimits {
    var limits = ServerLimits()
    limits.connectionsMax = connectionsMax
    limits.connectionsPerPrincipalMax = 3
    limits.handshakesPerSourceMax = 4
    limits.heldBytesTotalMax = 1_000
    limits.keptBytesTotalMax = 1_000
    return limits
  }

  /// A ledger with a connection of each of these principals, numbered from 0.
  private func ledger(_ principals: String..., connectionsMax: Int = 10) throws -> Ledger {
    var ledger = Ledger(limits: limits(connectionsMax: connectionsMax))
    for (id, name) in principals.enumerated() {
      #expect(try ledger.open(id, from: "host") == nil)
      try ledger.identify(id, as: .principal(name))
    }
    return ledger
  }

  // MARK: Places

  @Test func `a principal has so many connections and no more, until it closes one`() throws {
    var ledger = try ledger("ada", "ada", "ada")
    _ = try ledger.open(3, from: "host")
    #expect(throws: ConnectionRefusal.principal) { try ledger.identify(3, as: .principal("ada")) }
    try ledger.identify(3, as: .principal("bob"))
    ledger.close(0)
    _ = try ledger.open(4, from: "host")
    try ledger.identify(4, as: .principal("ada"))
  }

  @Test func `an address has so many handshakes at once, and who is signed in is none`() throws {
    var ledger = Ledger(limits: limits())
    for id in 0..<4 { _ = try ledger.open(id, from: "host") }
    #expect(throws: ConnectionRefusal.source) { try ledger.open(4, from: "host") }
    _ = try ledger.open(5, from: "another")
    try ledger.identify(0, as: .service("gateway"))
    _ = try ledger.open(6, from: "host")
  }

  @Test func `a full server ends the oldest handshake of whom has most of them`() throws {
    var ledger = try ledger("ada", "bob", connectionsMax: 5)
    _ = try ledger.open(2, from: "one")
    _ = try ledger.open(3, from: "many")
    _ = try ledger.open(4, from: "many")
    #expect(try ledger.open(5, from: "another") == 3)
    #expect(ledger.connectionCount == 6)
    ledger.close(3)
    #expect(ledger.connectionCount == 5)
  }

  @Test func `a server full of those who are signed in takes nobody`() throws {
    var ledger = try ledger("ada", "bob", connectionsMax: 2)
    #expect(throws: ConnectionRefusal.total) { try ledger.open(2, from: "host") }
    ledger.close(0)
    #expect(try ledger.open(2, from: "host") == nil)
  }

  // MARK: Bytes

  @Test func `whoever has most over all connections loses the greatest of them`() throws {
    var ledger = try ledger("ada", "bob", "bob", "bob")
    ledger.change(.kept, by: 400, of: 0)
    ledger.change(.kept, by: 150, of: 1)
    ledger.change(.kept, by: 250, of: 2)
    ledger.change(.kept, by: 200, of: 3)
    #expect(ledger.overspent(.kept).isEmpty)
    ledger.change(.kept, by: 1, of: 0)
    // Ada's one connection is the greatest, and Bob has more.
    #expect(ledger.overspent(.kept) == [2])
    #expect(ledger.total(.kept) == 751)
    // What one has who is on its way out counts for nobody.
    ledger.change(.kept, by: 5_000, of: 2)
    #expect(ledger.overspent(.kept).isEmpty)
    ledger.close(2)
    #expect(ledger.total(.kept) == 751 && ledger.total(.held) == 0)
  }

  @Test func `a stranger's bytes count with its address, and go along when it signs in`() throws {
    var ledger = try ledger("ada")
    _ = try ledger.open(1, from: "host")
    ledger.change(.kept, by: 600, of: 1)
    try ledger.identify(1, as: .principal("ada"))
    ledger.change(.kept, by: 500, of: 0)
    #expect(ledger.overspent(.kept) == [1])
  }

  @Test func `who has most is refused more, and others take the place of who has`() throws {
    var ledger = try ledger("ada", "bob", "bob")
    ledger.change(.held, by: 500, of: 1)
    ledger.change(.held, by: 400, of: 2)
    #expect(ledger.makeRoom(.held, for: 200, of: 2) == nil)
    #expect(ledger.makeRoom(.held, for: 100, of: 0) == [])
    #expect(ledger.makeRoom(.held, for: 200, of: 0) == [1])
    ledger.change(.held, by: 200, of: 0)
    // Nobody takes the place of who has less.
    #expect(ledger.makeRoom(.held, for: 900, of: 0) == nil)
    #expect(ledger.total(.held) == 600)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `totals are the sum of what is there, whatever happens`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var ledger = Ledger(limits: limits())
    var model: [Int: Int] = [:]
    var gone: Set<Int> = []
    for id in 0..<400 {
      if let ousted = try? ledger.open(id, from: "host \(id % 3)") {
        gone.insert(ousted)
        model[id] = 0
      } else if ledger.contains(id) {
        model[id] = 0
      }
      if Bool.random(using: &chance) {
        try? ledger.identify(id, as: .principal("\(Int.random(in: 0..<4, using: &chance))"))
      }
      if let other = model.keys.sorted().randomElement(using: &chance) {
        let bytes = Int.random(in: 0...400, using: &chance)
        ledger.change(.kept, by: bytes, of: other)
        model[other, default: 0] += bytes
        gone.formUnion(ledger.overspent(.kept))
      }
      if let other = model.keys.sorted().randomElement(using: &chance), id % 2 == 0 {
        ledger.close(other)
        model[other] = nil
        gone.remove(other)
      }
      let expected = model.filter { !gone.contains($0.key) }.values.reduce(0, +)
      #expect(ledger.total(.kept) == expected, "seed \(seed), step \(id)")
      #expect(expected <= limits().keptBytesTotalMax, "seed \(seed), step \(id)")
    }
    for id in model.keys { ledger.close(id) }
    #expect(ledger.total(.kept) == 0 && ledger.connectionCount == 0, "seed \(seed)")
  }

  // MARK: Addresses

  @Test(arguments: [
    ("192.0.2.7", "192.0.2.7"), ("", ""), ("::1", "0:0:0:0::/64"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8::5:6", "2001:db8:0:0::/64"),
    ("fe80::1", "fe80:0:0:0::/64"), ("1:2:3:4:5:6:7::", "1:2:3:4::/64"),
    ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
  ])
  func `an address of IPv6 counts with its network`(address: String, network: String) {
    #expect(PeerSource.network(of: address) == network)
  }
}
