internal import Foundation
internal import Synchronization

/// Probes one engine in a process of its own, which a hostile model may end, and nothing more.
struct ProbeProcess {
  /// Findings hold the outputs of some cases.
  private static let outputBytesMax = 256 << 20
  private static let complaintBytesMax = 4 << 10

  let executable: String
  let arguments: [String]
  let timeout: Duration

  /// Blocks until the process has ended.
  func run() -> Result<EngineFindings, ProbeFailure> {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let (output, complaint) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = complaint
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      return .failure(.refused("`\(executable)` could not be run"))
    }
    let said = Drain(output, bytesMax: Self.outputBytesMax)
    let words = Drain(complaint, bytesMax: Self.complaintBytesMax)
    let seconds = Double(timeout.components.seconds)
    guard ended.wait(timeout: .now() + seconds) == .success else {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      return .failure(.timedOut(timeout))
    }
    let text = String(decoding: words.bytes(), as: UTF8.self)
    let lastWords = text.split(separator: "\n").last.map(String.init) ?? ""
    if process.terminationReason == .uncaughtSignal {
      return .failure(.crashed(signal: process.terminationStatus, lastWords: lastWords))
    }
    guard process.terminationStatus == 0 else { return .failure(.refused(lastWords)) }
    guard let findings = try? JSONDecoder().decode(EngineFindings.self, from: said.bytes()) else {
      return .failure(.unreadable)
    }
    return .success(findings)
  }
}

/// Reads a pipe to its end on a thread of its own; keeps the first bytes.
private final class Drain: Sendable {
  private let kept = Mutex(Data())
  private let done = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe, bytesMax: Int) {
    DedicatedThread.start(named: "probe output") { [self] in
      while let piece = try? pipe.fileHandleForReading.read(upToCount: 1 << 16), !piece.isEmpty {
        kept.withLock { kept in
          kept.append(piece.prefix(max(0, bytesMax - kept.count)))
        }
      }
      done.signal()
    }
  }

  /// Waits for the end of the pipe.
  func bytes() -> Data {
    done.wait()
    return kept.withLock { $0 }
  }
}
