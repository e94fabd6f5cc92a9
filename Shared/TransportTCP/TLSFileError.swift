/// A file of a certificate, a key or an authority that can't be used; the message names it.
package struct TLSFileError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String
}
