import Testing

/// What carries the bytes between client and server.
enum Carrier: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case inProcess
  case tcp
  case tls

  var testDescription: String { rawValue }
}
