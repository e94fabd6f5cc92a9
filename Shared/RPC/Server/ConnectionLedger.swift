/// Who is connected to a server, and what it keeps for each: a pure machine.
///
/// What all share is given out by party, not by connection, so that many connections multiply nothing.
/// Where a total of bytes is reached, the party that has most of it pays with its greatest connection.
struct ConnectionLedger<ID: Hashable> {
  /// Whose connections count together.
  enum Party: Hashable, Sendable {
    /// Nobody yet, by address.
    case stranger(String)
    case principal(String)
    case service(String)
  }

  private struct Line {
    var party: Party
    /// In the order of coming.
    let number: Int
    var bytes = Amounts()
    /// It was told to go: what it has counts for nobody any more.
    var isLeaving = false
  }

  private struct Amounts {
    var held = 0
    var kept = 0

    subscript(account: ByteAccount) -> Int {
      get { account == .held ? held : kept }
      set { if account == .held { held = newValue } else { kept = newValue } }
    }
  }

  private struct Share {
    var ids: Set<ID> = []
    var bytes = Amounts()
  }

  private let limits: ServerLimits
  private var lines: [ID: Line] = [:]
  private var shares: [Party: Share] = [:]
  private var totals = Amounts()
  private var leavingCount = 0
  private var openedCount = 0

  /// Connections over ``ServerLimits/connectionsMax`` that may be on their way out.
  private static var leavingMax: Int { 64 }

  init(limits: ServerLimits) {
    self.limits = limits
  }

  /// Those on their way out among them.
  var connectionCount: Int { lines.count }

  func contains(_ id: ID) -> Bool { lines[id] != nil }

  /// Bytes of those that are to stay.
  func total(_ account: ByteAccount) -> Int { totals[account] }

  // MARK: Coming and going

  /// Takes a connection of nobody yet. A full server makes room by ending the oldest handshake of the
  /// address that has most of them.
  ///
  /// - Returns: who has to go for it.
  mutating func open(_ id: ID, from source: String) throws(ConnectionRefusal) -> ID? {
    let party = Party.stranger(source)
    guard shares[party]?.ids.count ?? 0 < limits.handshakesPerSourceMax else { throw .source }
    var ousted: ID?
    if lines.count - leavingCount >= limits.connectionsMax {
      guard leavingCount < Self.leavingMax, let oldest = oldestStranger() else { throw .total }
      leave(oldest)
      ousted = oldest
    }
    openedCount += 1
    lines[id] = Line(party: party, number: openedCount)
    shares[party, default: Share()].ids.insert(id)
    return ousted
  }

  /// The handshake has shown whose connection it is.
  mutating func identify(_ id: ID, as party: Party) throws(ConnectionRefusal) {
    guard let line = lines[id], !line.isLeaving else { return }
    if case .principal = party,
      shares[party]?.ids.count ?? 0 >= limits.connectionsPerPrincipalMax
    {
      throw .principal
    }
    removeFromShare(id, line)
    lines[id]?.party = party
    shares[party, default: Share()].ids.insert(id)
    for account in ByteAccount.allCases { shares[party]?.bytes[account] += line.bytes[account] }
  }

  /// The connection is gone, with all that was kept for it.
  mutating func close(_ id: ID) {
    guard let line = lines.removeValue(forKey: id) else { return }
    if line.isLeaving {
      leavingCount -= 1
    } else {
      for account in ByteAccount.allCases { totals[account] -= line.bytes[account] }
      removeFromShare(id, line)
    }
  }

  // MARK: Bytes

  /// Counts a change, whatever it makes of the total.
  mutating func change(_ account: ByteAccount, by byteCount: Int, of id: ID) {
    guard let line = lines[id] else { return }
    lines[id]?.bytes[account] += byteCount
    guard !line.isLeaving else { return }
    totals[account] += byteCount
    shares[line.party]?.bytes[account] += byteCount
  }

  /// Who has to go until the total is what it may be.
  mutating func overspent(_ account: ByteAccount) -> [ID] {
    var ousted: [ID] = []
    while totals[account] > limits.total(account), let id = greatest(account, of: nil) {
      leave(id)
      ousted.append(id)
    }
    return ousted
  }

  /// Who has to go so that a connection may have that much more, or `nil` if it is its own party that has
  /// most.
  mutating func makeRoom(
    _ account: ByteAccount, for byteCount: Int, of id: ID
  ) -> [ID]? {
    guard let line = lines[id], !line.isLeaving else { return nil }
    let own = (shares[line.party]?.bytes[account] ?? 0) + byteCount
    var ousted: [ID] = []
    while totals[account] + byteCount > limits.total(account) {
      guard let worst = worstParty(account), worst != line.party,
        shares[worst]?.bytes[account] ?? 0 > own, let other = greatest(account, of: worst)
      else { return ousted.isEmpty ? nil : ousted }
      leave(other)
      ousted.append(other)
    }
    return ousted
  }

  private func worstParty(_ account: ByteAccount) -> Party? {
    shares.max { $0.value.bytes[account] < $1.value.bytes[account] }?.key
  }

  private func greatest(_ account: ByteAccount, of party: Party?) -> ID? {
    guard let party = party ?? worstParty(account), let share = shares[party] else { return nil }
    let id = share.ids.max { lines[$0]?.bytes[account] ?? 0 < lines[$1]?.bytes[account] ?? 0 }
    return id.flatMap { lines[$0]?.bytes[account] ?? 0 > 0 ? $0 : nil }
  }

  private func oldestStranger() -> ID? {
    let strangers = shares.filter { if case .stranger = $0.key { true } else { false } }
    let worst = strangers.max { $0.value.ids.count < $1.value.ids.count }
    return worst?.value.ids.min { lines[$0]?.number ?? 0 < lines[$1]?.number ?? 0 }
  }

  private mutating func leave(_ id: ID) {
    guard let line = lines[id], !line.isLeaving else { return }
    lines[id]?.isLeaving = true
    leavingCount += 1
    for account in ByteAccount.allCases { totals[account] -= line.bytes[account] }
    removeFromShare(id, line)
  }

  private mutating func removeFromShare(_ id: ID, _ line: Line) {
    shares[line.party]?.ids.remove(id)
    for account in ByteAccount.allCases {
      shares[line.party]?.bytes[account] -= line.bytes[account]
    }
    if shares[line.party]?.ids.isEmpty ?? false { shares[line.party] = nil }
  }
}

/// What the bytes are of that a server keeps for its peers.
package enum ByteAccount: String, Sendable, CaseIterable {
  /// Requests that are not whole, not read or not answered.
  case held
  /// Frames of which a part has come, and answers that nobody takes.
  case kept
}

/// Why a connection is not taken, or does not stay.
package enum ConnectionRefusal: String, Error, Sendable, CaseIterable {
  /// Too many handshakes of one address.
  case source
  /// Too many connections of one principal.
  case principal
  /// Too many connections.
  case total
  /// Most of what the server has for requests.
  case held
  /// Most of what the server has for parts of frames and for answers.
  case kept
}
