/// Bits that qualify a frame.
package struct FrameFlags: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// By the bits: what `OptionSet` brings is not specialised, and every frame asks several times.
  @inlinable
  package func contains(_ others: FrameFlags) -> Bool {
    rawValue & others.rawValue == others.rawValue
  }

  /// Whether any of these is there.
  @inlinable
  package func containsAny(of others: FrameFlags) -> Bool {
    rawValue & others.rawValue != 0
  }

  @inlinable
  package func union(_ others: FrameFlags) -> FrameFlags {
    FrameFlags(rawValue: rawValue | others.rawValue)
  }

  @inlinable
  package func subtracting(_ others: FrameFlags) -> FrameFlags {
    FrameFlags(rawValue: rawValue & ~others.rawValue)
  }

  /// The body is one zstd frame. The head never is compressed.
  @inlinable package static var compressed: FrameFlags { FrameFlags(rawValue: 0x01) }
  /// The message goes on in the next message frame of this stream.
  @inlinable package static var more: FrameFlags { FrameFlags(rawValue: 0x02) }
  /// The sender sends nothing more on this stream.
  @inlinable package static var end: FrameFlags { FrameFlags(rawValue: 0x04) }

  /// A body that is no whole message as it stands.
  @inlinable package static var moreOrCompressed: FrameFlags { FrameFlags(rawValue: 0x03) }

  @inlinable package static var known: FrameFlags { FrameFlags(rawValue: 0x07) }
}
