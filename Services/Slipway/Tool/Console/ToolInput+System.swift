internal import Dispatch
internal import Foundation
internal import Glibc
internal import Subprocess
internal import SystemPackage

extension ToolInput {
  /// The process's own standard input.
  package static var system: ToolInput {
    let isTerminal = isatty(STDIN_FILENO) == 1
    return ToolInput(
      line: { await offThePool { readLine() } },
      key: {
        // Keys one by one, unseen; Ctrl-C comes as a key too, so that the terminal is never left like this.
        await terminal("-icanon", "-echo", "-isig", "min", "1")
        let key = await offThePool { readKey() }
        await terminal("icanon", "echo", "isig")
        return key
      }, isTerminal: isTerminal)
  }

  /// Reading waits for a person: that takes no thread of the cooperative pool.
  private static func offThePool<Value: Sendable>(
    _ read: @escaping @Sendable () -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: read()) }
    }
  }

  /// Byte by byte, so that nothing of what follows is taken away from a later reader.
  private static func readLine() -> String? {
    var bytes: [UInt8] = []
    while let byte = readByte() {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  private static func readKey() -> Character? {
    readByte().map { Character(Unicode.Scalar($0)) }
  }

  private static func readByte() -> UInt8? {
    (try? FileHandle.standardInput.read(upToCount: 1))?.first
  }

  private static func terminal(_ settings: String...) async {
    _ = try? await Subprocess.run(
      .name("stty"), arguments: Arguments(settings), input: .currentStandardInput,
      output: .discarded,
      error: .discarded)
  }
}
