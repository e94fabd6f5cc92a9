import Foundation
import Testing
import Trust

@testable import SlipwaySupervisor

@Suite("State directory")
struct StateTests {
  @Test("is made private, with keys and a trust file that trusts nobody")
  func prepare() throws {
    try TemporaryFolder.with { folder in
      let state = StateDirectory(path: "\(folder)/state")
      try state.prepare()
      try state.prepare()
      let mode = try FileManager.default.attributesOfItem(atPath: state.path)[.posixPermissions]
      #expect(mode as? Int == 0o700)
      #expect(try TrustFile.load(from: state.trustFile).keys.isEmpty)
      _ = try ServiceKeyFolder(stateDirectory: state.path).identity(of: .supervisor)
    }
  }

  @Test("belongs to one supervisor at a time, who is named")
  func lock() throws {
    try TemporaryFolder.with { folder in
      let state = StateDirectory(path: folder)
      #expect(try SupervisorLock.holder(of: state) == nil)
      let lock = try SupervisorLock.acquire(state)
      let mine = ProcessInfo.processInfo.processIdentifier
      #expect(try SupervisorLock.holder(of: state) == mine)
      #expect(throws: SupervisorError.alreadyRunning(path: state.path, processID: mine)) {
        try SupervisorLock.acquire(state)
      }
      lock.release()
      #expect(try SupervisorLock.holder(of: state) == nil)
    }
  }

  @Test("ending what does not run says so")
  func down() async throws {
    try await TemporaryFolder.with { folder in
      let state = StateDirectory(path: folder)
      await #expect(throws: SupervisorError.notRunning(path: state.path)) {
        try await SupervisorLock.end(state, timeout: .seconds(1))
      }
    }
  }

  @Test("endpoints come with the admin key, and go")
  func publish() throws {
    try TemporaryFolder.with { folder in
      let state = StateDirectory(path: folder)
      try FileManager.default.createDirectory(
        atPath: "\(folder)/gateway", withIntermediateDirectories: false)
      try Data("slip_x\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/gateway/admin.key"))
      #expect(state.endpoints() == nil)
      try state.publish(try PortPlan(base: 7000).endpoints, certificates: nil)
      #expect(state.endpoints()?["registry"] == "127.0.0.1:7001")
      #expect(state.endpoints()?["gateway-ops"] == "127.0.0.1:7010")
      #expect(state.adminKey() == "slip_x")
      state.unpublish()
      #expect(state.endpoints() == nil)
    }
  }

  @Test("a port base is neither privileged nor too high", arguments: [0, 80, 65_501])
  func ports(base: Int) {
    #expect(throws: SupervisorError.portBaseInvalid(base)) { try PortPlan(base: base) }
  }
}
