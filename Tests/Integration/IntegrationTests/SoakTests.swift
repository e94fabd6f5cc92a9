import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// What ends leaves nothing: memory is flat over as many calls as there is time for.
  @Suite(.timeLimit(.minutes(59))) struct SoakTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let calls = isLong ? 10_000_000 : 200_000

    @Test func `neither server nor client grows with the calls that it has made`() async throws {
      let checkout = try Checkout()
      let figures = try await RunningSuite.python(
        "Tests/Integration/Peers/soak.py", [checkout.executables.path, "\(Self.calls)"],
        in: checkout, within: .seconds(3500)
      ).succeeded()
      print(figures)
    }
  }
}
