import Foundation
import FuzzChecks

/// What libFuzzer calls for each input; its own main and options are linked in.
///
/// `SLIPWAY_FUZZ_TARGET` names the ``FuzzTarget``.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // libFuzzer's bytes are valid for this call; the array is a copy of them.
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  if let violation = target.violation(in: bytes) { fatalError(violation) }
  return 0
}

private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["SLIPWAY_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("SLIPWAY_FUZZ_TARGET is `\(name)`, which names no target")
  }
  return target
}()
