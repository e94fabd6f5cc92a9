import Synchronization
import Testing

@testable import AuditLog

struct ExportTests {
  /// A small log as files in memory, with everything that a real one has.
  struct Files {
    var files: [String: [UInt8]] = [:]
    let signer: NoteSigner

    init(_ entries: [Int]) throws {
      signer = try NoteSigner(
        name: "slipway/test", kind: .signer, seed: .init(repeating: 7, count: 32))
      var tree = LogTree()
      var tiles: [Tile] = []
      var leaves: [[UInt8]] = []
      var records: [RecordBundle.Record?] = []
      for number in entries {
        let (leaf, record) = try Self.entry(number)
        leaves.append(leaf)
        records.append(number % 5 == 4 ? nil : record)
        tree.append(.leaf(leaf), full: &tiles)
      }
      for level in LogTree.levels(ofSize: tree.size) where !tree.edge(level: level).isEmpty {
        tiles.append(
          Tile(level: level, index: tree.size >> (8 * (level + 1)), hashes: tree.edge(level: level))
        )
      }
      for tile in tiles {
        files[
          TilePath(.hashes(level: tile.level), index: tile.index, width: tile.hashes.count).text] =
          tile.bytes
      }
      for path in TilePath.all(.entries, size: tree.size) {
        let range = (path.index * 256)..<(path.index * 256 + path.width)
        var (bundle, beside): ([UInt8], [UInt8]) = ([], [])
        for leaf in leaves[range] { EntryBundle.append(leaf, to: &bundle) }
        for record in records[range] { RecordBundle.append(record, to: &beside) }
        files[path.text] = bundle
        files[TilePath(.records, index: path.index, width: path.width).text] = beside
      }
      let checkpoint = Checkpoint(origin: "slipway/test", size: tree.size, root: tree.root)
      files["checkpoint"] = try SignedCheckpoint(checkpoint, by: signer).bytes
      files["log.vkey"] = Array("\(signer.key)\n".utf8)
    }

    static func entry(_ number: Int) throws -> (leaf: [UInt8], record: RecordBundle.Record) {
      let entry = try AuditEntry(
        identifier: AuditEntryIdentifier(
          "00000000-0000-7000-8000-" + String(repeating: "0", count: 12 - String(number).count)
            + "\(number)"),
        occurredAtMicroseconds: 5, service: "test", kind: .settingChange,
        actor: AuditReference(.person, "alice"), subject: AuditReference(.setting, "x"))
      let (key, other) = try (
        #require(PartyKey(bytes: .init(repeating: 1, count: 32))),
        #require(PartyKey(bytes: .init(repeating: 2, count: 32)))
      )
      let recordKey = key.recordKey(with: [other], entry: entry.identifier)
      let leaf = AuditLeaf(
        of: entry, actor: key.pseudonym(of: entry.actor),
        subject: other.pseudonym(of: entry.subject),
        commitment: RecordKey.commitment(to: entry.canonicalBytes, opening: recordKey.opening))
      return (
        leaf.canonicalBytes,
        RecordBundle.Record(opening: recordKey.opening, bytes: entry.canonicalBytes)
      )
    }

    func verify(kept: SignedCheckpoint? = nil) throws(LogFault) -> LogExport.Verdict {
      try LogExport { [files] in files[$0] }.verify(
        key: signer.key, kept: kept.map { [$0] } ?? [], witnesses: [], hasRecords: true)
    }
  }

  @Test(arguments: [0, 1, 2, 255, 256, 257, 600])
  func `a whole log verifies`(size: Int) throws {
    let report = try Files(Array(0..<size)).verify().report
    #expect(report.size == size && report.keptSize == nil)
    #expect(report.erasedCount == size / 5 && report.recordCount == size - size / 5)
  }

  @Test func `one flipped bit in any byte of any file is found`() throws {
    let files = try Files(Array(0..<259))
    var random = SystemRandomNumberGenerator()
    for (path, bytes) in files.files {
      // Every byte of the small files, some of the others.
      let places =
        bytes.count <= 300
        ? Array(bytes.indices)
        : (0..<12).map { _ in bytes.indices.randomElement(using: &random) ?? 0 }
      for place in places {
        var changed = files
        changed.files[path]?[place] ^= 1 << UInt8.random(in: 0..<8)
        let isFound: Bool
        do throws(LogFault) {
          // The export's own key is looked at where nobody brought one.
          _ = try LogExport { [files = changed.files] in files[$0] }.verify(
            key: path == "log.vkey" ? nil : files.signer.key, kept: [], witnesses: [],
            hasRecords: true)
          isFound = false
        } catch { isFound = true }
        #expect(isFound, "byte \(place) of \(path)")
      }
    }
  }

  @Test func `a removed entry, a swapped pair and a missing file are named`() throws {
    let files = try Files(Array(0..<300))
    let path = "tile/entries/000"
    let entries = try #require(EntryBundle.entries(in: files.files[path] ?? []))
    func with(_ entries: [ArraySlice<UInt8>]) -> Files {
      var changed = files
      var bytes: [UInt8] = []
      for entry in entries { EntryBundle.append(Array(entry), to: &bytes) }
      changed.files[path] = bytes
      return changed
    }
    var removed = entries
    removed.remove(at: 100)
    #expect(throws: LogFault.entry(index: 100, file: path)) { try with(removed).verify() }
    var swapped = entries
    swapped.swapAt(40, 41)
    #expect(throws: LogFault.entry(index: 40, file: path)) { try with(swapped).verify() }
    var changed = files
    changed.files["tile/0/000"] = nil
    #expect(throws: LogFault.missing("tile/0/000")) { try changed.verify() }
  }

  @Test func `a log whose files all agree is still found by the signed head`() throws {
    var files = try Files(Array(0..<300))
    let signed = files.files["checkpoint"]
    files = try Files(Array(0..<100) + Array(101..<301))
    files.files["checkpoint"] = signed
    #expect { try files.verify() } throws: { error in
      guard case .head? = error as? LogFault else { return false }
      return true
    }
  }

  @Test func `a kept checkpoint finds a rewritten and a rolled-back log`() throws {
    let files = try Files(Array(0..<300))
    let kept = try SignedCheckpoint(files.files["checkpoint"] ?? [])
    #expect(try files.verify(kept: kept).report.keptSize == 300)
    #expect(try Files(Array(0..<700)).verify(kept: kept).report.keptSize == 300)
    #expect(throws: LogFault.rolledBack(size: 200, kept: 300)) {
      try Files(Array(0..<200)).verify(kept: kept)
    }
    #expect(throws: LogFault.rewritten(kept: 300)) {
      try Files(Array(0..<299) + Array(400..<800)).verify(kept: kept)
    }
    #expect(throws: LogFault.rewritten(kept: 300)) {
      try Files([1, 0] + Array(2..<300)).verify(kept: kept)
    }
  }

  @Test func `a leaf holds no name and comes back from its bytes`() throws {
    let (leaf, record) = try Files.entry(1)
    #expect(!String(decoding: leaf, as: UTF8.self).contains("alice"))
    #expect(String(decoding: record.bytes, as: UTF8.self).contains("alice"))
    #expect(AuditLeaf(canonicalBytes: leaf)?.canonicalBytes == leaf)
    #expect(AuditLeaf(canonicalBytes: leaf + [0x20]) == nil)
  }

  @Test func `a record is opened by its key only`() throws {
    let (one, other) = (PartyKey.generate(), PartyKey.generate())
    let id = AuditEntryIdentifier.generate(occurredAtMicroseconds: 0)
    let key = one.recordKey(with: [other], entry: id)
    let sealed = try key.seal([1, 2, 3])
    #expect(key.open(sealed) == [1, 2, 3])
    #expect(other.recordKey(with: [one], entry: id).open(sealed) == nil)
    #expect(key.open(Array(sealed.dropLast())) == nil)
  }
}
