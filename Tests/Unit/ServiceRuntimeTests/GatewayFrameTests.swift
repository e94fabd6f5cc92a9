import RPC
import Testing
import Trust

@testable import ServiceRuntime

/// How long the frames of a service are.
@Suite struct GatewayFrameTests {
  @Test func `what a gateway passes on comes in frames that fit a cache`() {
    #expect(ConnectionSettings.ofRelease(as: .gateway).frameBytesMax == 128 * 1024)
  }

  @Test(arguments: ServiceRole.allCases.filter { $0 != .gateway })
  func `other services take the longest frames`(role: ServiceRole) {
    let settings = ConnectionSettings.ofRelease(as: role)
    #expect(settings.frameBytesMax == ConnectionSettings().frameBytesMax)
    #expect(settings.release == ConnectionSettings.ofRelease.release)
  }
}
