import Foundation
import Testing

/// PROTOCOL.md as tests execute it: its blocks of bytes, its tables, its diagrams.
enum ProtocolDocument {
  /// A fenced block of bytes, and the lines that say what they are.
  struct Block: Sendable, CustomTestStringConvertible {
    var kind: String
    var bytes: [UInt8]
    var outcomes: [String]

    var testDescription: String { outcomes.first ?? "\(bytes)" }

    /// The same with one bit of one byte turned.
    func flipped(bit: Int, ofByte index: Int) -> Block {
      var copy = self
      copy.bytes[index] ^= 1 << bit
      return copy
    }
  }

  static let text: String = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../Shared/Wire/PROTOCOL.md")
    return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
  }()

  static let blocks: [Block] = fences(["frame", "preface", "transcript"]).map { kind, lines in
    let hex = lines.filter { !$0.hasPrefix("=>") }.joined(separator: " ")
    return Block(
      kind: kind, bytes: hex.split(separator: " ").compactMap { UInt8($0, radix: 16) },
      outcomes: lines.filter { $0.hasPrefix("=>") }.map { String($0.dropFirst(3)) })
  }

  static var frames: [Block] { blocks.filter { $0.kind == "frame" } }

  /// The fenced blocks of these kinds, with their lines.
  static func fences(_ kinds: Set<String>) -> [(kind: String, lines: [String])] {
    text.components(separatedBy: "\n```").compactMap { section in
      let lines = section.split(separator: "\n").map(String.init)
      guard let kind = lines.first, kinds.contains(kind) else { return nil }
      return (kind, Array(lines.dropFirst()))
    }
  }

  /// The cells of the rows of the table whose head has these cells.
  static func table(_ head: [String]) -> [[String]] {
    let lines = text.components(separatedBy: "\n")
    guard let start = lines.firstIndex(where: { cells($0) == head }) else { return [] }
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map(cells)
  }

  private static func cells(_ line: String) -> [String] {
    line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}
