import Foundation
import Testing

/// Replays what fuzzing once found worth keeping, findings that were mended among them.
@Suite struct FuzzCorpusTests {
  @Test(arguments: [FuzzTarget.frames, .handshake, .messages, .streams])
  func `every input of the corpus holds`(target: FuzzTarget) throws {
    let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "corpus/\(target.rawValue)")
    let names = try FileManager.default.contentsOfDirectory(atPath: corpus.path)
    #expect(!names.isEmpty)
    for name in names.sorted() {
      let input = try Data(contentsOf: corpus.appending(path: name))
      #expect(target.violation(in: Array(input)) == nil, "corpus/\(target.rawValue)/\(name)")
    }
  }

  @Test func `the canary's input fails`() {
    #expect(FuzzTarget.canary.violation(in: Array("slip".utf8)) != nil)
  }
}
