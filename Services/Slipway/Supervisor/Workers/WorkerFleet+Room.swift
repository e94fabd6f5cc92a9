/// Starts workers only as far as this machine has room for them: what does not fit is held back before it
/// takes anything from those that run.
extension WorkerFleet {
  /// Whether some worker has not been started yet.
  package var hasNew: Bool { slots.values.contains { $0.isNew && !$0.isDraining } }

  /// The workers that are to be started now, oldest first; those that must wait say for what in ``absent``.
  package mutating func admit(_ room: WorkerRoom) -> [Int] {
    var admitted: [Int] = []
    var books = Books(self)
    for number in slots.keys.sorted() {
      guard let slot = slots[number], slot.isNew, !slot.isDraining, slot.refusal == nil else {
        continue
      }
      let needed = bytes(of: slot.model, slot.version)
      let lack = lack(of: slot, needed: needed, room, books)
      slots[number]?.lack = lack
      guard lack == nil else { continue }
      slots[number]?.isNew = false
      books.count(slot, bytes: needed, isLoading: true)
      admitted.append(number)
    }
    return admitted
  }

  /// What is to be started for a slot. The workers of a version share the processors, so that together
  /// they have no more threads than there are.
  func order(of slot: Int, cores: Int) -> WorkerOrder? {
    guard let slot = slots[slot] else { return nil }
    let workers = desired[slot.model]?.replicas[slot.version] ?? 1
    return WorkerOrder(
      model: slot.model, version: slot.version, environment: environment(of: slot.model),
      threads: slot.isQuarantine ? 1 : max(1, cores / max(1, workers)),
      isQuarantine: slot.isQuarantine)
  }

  /// What a worker takes: as another one of the version does, else as its probing found; 0 if nobody knows.
  private func bytes(of model: String, _ version: UInt32) -> UInt64 {
    let like = slots.values.filter { $0.model == model && $0.version == version }
      .compactMap { measured($0) }.max()
    return like ?? desired[model]?.memoryBytes[version] ?? 0
  }

  private func measured(_ slot: Slot) -> UInt64? {
    let bytes = slot.workerID.flatMap { holders[slot.model]?[$0]?.memoryBytes } ?? 0
    return bytes > 0 ? bytes : nil
  }

  private func lack(
    of slot: Slot, needed: UInt64, _ room: WorkerRoom, _ books: Books
  ) -> String? {
    let name = "version \(slot.version) of `\(slot.model)`"
    let isScaled = desired[slot.model]?.scaled.contains(slot.version) == true
    if isScaled, !slot.isQuarantine, books.workers[Version(slot), default: 0] >= room.cores {
      return "\(name) has a worker for each of the \(room.cores) processors: expected fewer, or "
        + "another machine"
    }
    let takes = "a worker of \(name) takes about \(Self.megabytes(needed))"
    let advice = "it starts when there is room: deploy fewer workers, or"
    if let budget = room.budgetBytes, books.takenBytes + needed > budget {
      return "\(takes), and workers have \(Self.megabytes(books.takenBytes)) of the "
        + "\(Self.megabytes(budget)) that they may; \(advice) give them more with `slipway up --memory`"
    }
    if let free = room.freeBytes, needed > 0, books.promisedBytes + needed > free {
      let left = free - min(free, books.promisedBytes)
      return
        "\(takes), and this machine has \(Self.megabytes(left)) to spare; \(advice) give it more"
    }
    return nil
  }

  private static func megabytes(_ bytes: UInt64) -> String { "\((bytes + 500_000) / 1_000_000) MB" }

  private struct Version: Hashable {
    var model: String
    var version: UInt32

    init(_ slot: Slot) {
      model = slot.model
      version = slot.version
    }
  }

  /// What the workers that have a process take.
  private struct Books {
    /// Of all of them together.
    var takenBytes: UInt64 = 0
    /// Of those that are loading: the machine still calls it free.
    var promisedBytes: UInt64 = 0
    var workers: [Version: Int] = [:]

    init(_ fleet: WorkerFleet) {
      for slot in fleet.slots.values where !slot.isNew && slot.refusal == nil {
        let measured = fleet.measured(slot)
        let bytes = measured ?? fleet.bytes(of: slot.model, slot.version)
        count(slot, bytes: bytes, isLoading: measured == nil)
      }
    }

    mutating func count(_ slot: Slot, bytes: UInt64, isLoading: Bool) {
      takenBytes += bytes
      if isLoading { promisedBytes += bytes }
      if !slot.isDraining, !slot.isQuarantine { workers[Version(slot), default: 0] += 1 }
    }
  }
}
