internal import Foundation

/// Ports that nobody listens on.
package enum PortBase {
  /// `slipway up` takes this many from its base on.
  private static let span = 16
  private static let attemptsMax = 200
  /// Above the ports of well-known services and below those that the system hands out to clients.
  private static let range = 20_000...32_000

  /// The first of some free ports in a row.
  ///
  /// - Throws: ``StepFailure`` if every attempt found a port in use.
  package static func free() throws(StepFailure) -> Int {
    let used = inUse()
    for _ in 0..<attemptsMax {
      let base = Int.random(in: range)
      if (base..<base + span).allSatisfy({ !used.contains($0) }) { return base }
    }
    throw StepFailure("found no \(span) free ports in a row between \(range)")
  }

  /// Local ports of every TCP socket, listening or not (`proc_pid_net(5)`).
  private static func inUse() -> Set<Int> {
    var ports: Set<Int> = []
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      let text = FileManager.default.contents(atPath: table) ?? Data()
      for line in String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        guard fields.count > 1, let port = fields[1].split(separator: ":").last else { continue }
        if let port = Int(port, radix: 16) { ports.insert(port) }
      }
    }
    return ports
  }
}
