internal import Foundation

/// What the processes of a suite wrote.
struct SuiteLogs {
  let folder: SuiteFolder

  func tails(lines count: Int) -> String {
    var files = [folder.console]
    let logs = folder.state.appending(path: "logs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: logs.path)) ?? []
    files += names.sorted().map { logs.appending(path: $0) }
    return files.map { file in
      let lines = text(of: file).split(separator: "\n").suffix(count)
      return "--- \(file.lastPathComponent)\n" + lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// Everything that was written so far.
  func text() -> String {
    let logs = folder.state.appending(path: "logs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: logs.path)) ?? []
    return names.sorted().map { text(of: logs.appending(path: $0)) }.joined(separator: "\n")
  }

  private func text(of file: URL) -> String {
    String(decoding: FileManager.default.contents(atPath: file.path) ?? Data(), as: UTF8.self)
  }
}
