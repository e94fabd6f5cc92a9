/// What is wrong with a bundle, gathered while it is read.
final class FaultList {
  private(set) var faults: [BundleFault] = []

  func add(_ file: String, _ line: Int, _ expected: String) {
    guard faults.count < PolicyLimits.faultCountMax else { return }
    faults.append(BundleFault(file: file, line: line, expected: expected))
  }
}
