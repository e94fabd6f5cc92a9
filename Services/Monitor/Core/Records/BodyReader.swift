import Contracts
import RPC
import Wire

/// Reads the bodies of a sampled call, which gateways pass on as they were sent.
///
/// Whoever may call a model writes them, so nothing in them is believed: parts inflate to what they say or
/// not at all, and decoding has a budget.
struct BodyReader: Sendable {
  /// Bytes of a body after decompression.
  private static let bytesMax = 4 << 20
  private let compression = FrameCompression()
  private let limits: MonitorLimits

  init(limits: MonitorLimits) {
    self.limits = limits
  }

  /// `nil` if they can't be read, or if there is nothing in them that can be shown in rows.
  func rows(of record: Monitor.CallRecord) -> RecordRows? {
    guard let request = whole(record.request), let response = whole(record.response),
      let asked = try? Inference.ModelInferRequest(decoding: request),
      let answered = try? Inference.ModelInferResponse(decoding: response)
    else { return nil }
    return RecordRows(request: asked, response: answered, limits: limits)
  }

  private func whole(_ parts: [Monitor.BodyPart]) -> [UInt8]? {
    var body: [UInt8] = []
    for part in parts {
      guard part.byteCount <= UInt64(Self.bytesMax - body.count) else { return nil }
      guard part.compressed else {
        guard part.content.count <= Self.bytesMax - body.count else { return nil }
        body += part.content
        continue
      }
      let inflated = part.content.withRawSpan { span in
        try? compression.decompress(span, byteCount: Int(part.byteCount))
      }
      guard let inflated else { return nil }
      body += inflated
    }
    return body
  }
}
