/// Bits that qualify a frame.
package struct FrameFlags: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The body is one zstd frame. The head never is compressed.
  package static let compressed = FrameFlags(rawValue: 0x01)
  /// The message goes on in the next message frame of this stream.
  package static let more = FrameFlags(rawValue: 0x02)
  /// The sender sends nothing more on this stream.
  package static let end = FrameFlags(rawValue: 0x04)

  package static let known: FrameFlags = [.compressed, .more, .end]
}
