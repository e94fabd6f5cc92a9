import ContentPolicy
import Synchronization

/// A policy that looks for words, as a test says.
final class ScriptedPolicy: PolicyChecking {
  private struct State {
    var bundle: String?
    var words: [String: VerdictAction] = [:]
    var failure: PolicyError?
  }

  private let state = Mutex(State())

  func bind(_ bundle: String?, words: [String: VerdictAction] = [:]) {
    state.withLock { ($0.bundle, $0.words) = (bundle, words) }
  }

  func fail(_ failure: PolicyError?) {
    state.withLock { $0.failure = failure }
  }

  func bundleInForce(for target: PolicyTarget) async throws(PolicyError) -> String? {
    let (bundle, failure) = state.withLock { ($0.bundle, $0.failure) }
    if let failure { throw failure }
    return bundle
  }

  func check(
    _ content: [UInt8], in context: CheckContext, against bundleDigest: String
  ) async throws(PolicyError) -> Verdict {
    let (words, failure) = state.withLock { ($0.words, $0.failure) }
    if let failure { throw failure }
    var text = String(decoding: content, as: UTF8.self)
    var findings: [Finding] = []
    for (word, action) in words.sorted(by: { $0.key < $1.key }) {
      guard let range = text.firstRange(of: word) else { continue }
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      let bytes = start..<start + word.utf8.count
      findings.append(
        Finding(
          rule: "test.\(word)", kind: "terms", action: action,
          span: ContentSpan(bytes: bytes, characters: bytes), text: word,
          reason: "`\(word)` is not to be said", fix: "another word"))
    }
    var redacted: [UInt8]?
    for (word, action) in words where action == .redact && text.contains(word) {
      text = text.replacing(word, with: "…")
      redacted = Array(text.utf8)
    }
    return Verdict(
      findings: findings, redacted: redacted, bundleDigest: bundleDigest, checker: "test")
  }
}
