import RPCTestKit
import Testing
import Wire

/// A state diagram of PROTOCOL.md.
enum StateDiagram {
  /// `FROM --> TO: EVENT / REPLY, REPLY`.
  struct Arrow: Sendable, Hashable, CustomTestStringConvertible {
    var from: String
    var to: String
    var event: String
    var replies: [String]

    var testDescription: String { "\(from), \(event)" }
  }

  /// The arrows of the diagram with this title, without those from the start.
  static func arrows(of title: String) -> [Arrow] {
    let fence = ProtocolDocument.fences(["mermaid"]).first { $0.lines.first == "%% \(title)" }
    return (fence?.lines ?? []).compactMap { line in
      guard let match = line.wholeMatch(of: /\s*(\w+) --> (\w+): ([^\/]+?)(?: \/ (.+))?/) else {
        return nil
      }
      return Arrow(
        from: String(match.output.1), to: String(match.output.2),
        event: String(match.output.3),
        replies: match.output.4.map { $0.split(separator: ", ").map(String.init) } ?? [])
    }
  }

  /// Lines of the diagram that are no arrow and no start.
  static func strayLines(of title: String) -> [String] {
    let fence = ProtocolDocument.fences(["mermaid"]).first { $0.lines.first == "%% \(title)" }
    let others = (fence?.lines ?? []).dropFirst().filter { !$0.contains(": ") }
    return others.filter { $0 != "stateDiagram-v2" && !$0.contains("[*] --> ") }
  }

  /// Events that a diagram must name in each state, and no others.
  static func expectEvents(_ title: String, _ events: [String: [String]]) {
    let arrows = arrows(of: title)
    #expect(!arrows.isEmpty, "there is no diagram `\(title)`")
    #expect(strayLines(of: title) == [])
    #expect(Set(arrows).count == arrows.count)
    let said = Dictionary(grouping: arrows, by: \.from).mapValues { $0.map(\.event).sorted() }
    #expect(said == events.mapValues { $0.sorted() })
  }
}

extension ReceivedFrame {
  /// What the frame is in the diagrams' words.
  var inDiagram: String {
    switch kind {
    case .goAway: "goAway \(goAway.map { "\($0.code)" } ?? "?")"
    case .end: "end \(endStatus)"
    default: "\(kind)"
    }
  }
}
