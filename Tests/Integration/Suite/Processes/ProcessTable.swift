internal import Foundation

/// Processes of this machine, as `/proc` shows them.
enum ProcessTable {
  /// Whether the process runs; one that has ended and waits to be collected does not.
  static func isRunning(_ process: Int32) -> Bool {
    guard let stat = text("/proc/\(process)/stat"), let end = stat.lastIndex(of: ")") else {
      return false
    }
    let state = stat[stat.index(after: end)...].first { $0 != " " }
    return state != "Z" && state != "X"
  }

  /// Processes that were started with the variable `name` set to `value`: the file name of the executable
  /// of each.
  static func processes(with name: String, _ value: String) -> [(process: Int32, name: String)] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int32($0) }.filter { process in
      variables(of: process).contains("\(name)=\(value)") && isRunning(process)
    }.compactMap { process in
      commandName(of: process).map { (process, $0) }
    }
  }

  static func kill(_ process: Int32, _ signal: Int32 = SIGKILL) {
    _ = Foundation.kill(process, signal)
  }

  private static func variables(of process: Int32) -> [String] {
    text("/proc/\(process)/environ")?.split(separator: "\0").map(String.init) ?? []
  }

  private static func commandName(of process: Int32) -> String? {
    guard let line = text("/proc/\(process)/cmdline"),
      let command = line.split(separator: "\0").first
    else { return nil }
    return command.split(separator: "/").last.map(String.init)
  }

  /// Nil for a process that has gone or is somebody else's.
  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ProcessTable {
  /// Connections over IPv4 that are established at a local port of this machine.
  static func connections(atPort port: Int) -> Int {
    let suffix = ":" + String(port, radix: 16, uppercase: true).leftPadded(to: 4)
    let table = FileManager.default.contents(atPath: "/proc/net/tcp") ?? Data()
    return String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().count { line in
      let fields = line.split(separator: " ")
      return fields.count > 3 && fields[1].hasSuffix(suffix) && fields[3] == "01"
    }
  }
}

extension String {
  fileprivate func leftPadded(to count: Int) -> String {
    String(repeating: "0", count: max(0, count - self.count)) + self
  }
}
