/// One signature of an envelope.
package struct EnvelopeSignature: Hashable, Sendable {
  /// Which key to try. Not signed, so it decides nothing by itself. May be empty.
  package let keyIdentifier: String
  package let bytes: [UInt8]

  package init(keyIdentifier: String, bytes: [UInt8]) {
    self.keyIdentifier = keyIdentifier
    self.bytes = bytes
  }
}
