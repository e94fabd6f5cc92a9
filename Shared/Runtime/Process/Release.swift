/// The release that the binaries are of.
package enum Release {
  package static let name = "0.1.0"
}
