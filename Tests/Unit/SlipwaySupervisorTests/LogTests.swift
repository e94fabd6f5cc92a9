import Foundation
import Synchronization
import Testing

@testable import SlipwaySupervisor

@Suite("Logs of children")
struct LogTests {
  @Test("prefixes are aligned, and plain where there are no colours")
  func plain() {
    let prefix = LinePrefix(width: 8, usesColour: false)
    #expect(prefix.line("gateway", "hello") == "gateway  | hello")
    #expect(prefix.line("a-longer-name", "hello") == "a-longer-name | hello")
  }

  @Test("a name has one colour, which ends before the line")
  func colour() {
    let prefix = LinePrefix(width: 3, usesColour: true)
    let line = prefix.line("abc", "hello")
    #expect(line == prefix.line("abc", "hello"))
    #expect(line.hasPrefix("\u{1b}["))
    #expect(line.hasSuffix("abc |\u{1b}[0m hello"))
  }

  @Test("lines are the same however the bytes are cut", arguments: 1...7)
  func everySplit(size: Int) {
    let bytes = Array("one\ntwo\r\n\nthré".utf8)
    var splitter = LineSplitter()
    var lines: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      lines += splitter.add(bytes[start..<min(start + size, bytes.count)])
    }
    if let last = splitter.finish() { lines.append(last) }
    #expect(lines == ["one", "two", "", "thré"])
  }

  @Test("a line without an end is cut")
  func longLine() {
    var splitter = LineSplitter()
    let lines = splitter.add(repeatElement(UInt8(ascii: "x"), count: LineSplitter.lineBytesMax + 1))
    #expect(lines.map(\.utf8.count) == [LineSplitter.lineBytesMax])
    #expect(splitter.finish() == "x")
  }

  @Test("files are bounded: a full one becomes NAME.log.1")
  func rotation() throws {
    try TemporaryFolder.with { folder in
      let console = Mutex<[String]>([])
      let book = LogBook(
        folder: folder, prefix: LinePrefix(width: 0, usesColour: false), fileBytesMax: 30
      ) { line in console.withLock { $0.append(line) } }
      for number in 0..<10 { book.write("line number \(number)", of: "x", label: "x") }
      let now = try String(contentsOfFile: "\(folder)/x.log", encoding: .utf8)
      let before = try String(contentsOfFile: "\(folder)/x.log.1", encoding: .utf8)
      #expect(before + now == "line number 6\nline number 7\nline number 8\nline number 9\n")
      #expect(console.withLock { $0.count } == 10)
    }
  }
}
