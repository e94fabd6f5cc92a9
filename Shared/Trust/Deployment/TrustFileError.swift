/// Why a trust file can't be relied on. Nothing deploys until a person has mended it.
package enum TrustFileError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  case key(KeyError)

  package var description: String {
    switch self {
    case .malformed(let reason): "the trust file is not one that we read: \(reason)"
    case .key(.fileMissing(let path)):
      "expected the trust file `\(path)`, there is none: `slipway up` makes one, and "
        + "`slipway trust add` says in it whose signatures count"
    case .key(let error): error.description
    }
  }
}
