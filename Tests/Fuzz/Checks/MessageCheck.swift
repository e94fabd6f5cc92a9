import Contracts
import Wire

enum MessageCheck {
  /// `EveryMessage` ends the process itself if what decodes does not survive a round trip.
  static func violation(in bytes: [UInt8]) -> String? {
    bytes.withRawSpan { EveryMessage.fuzzDecode($0) }
    return nil
  }
}
