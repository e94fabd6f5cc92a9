import Contracts
import IntegrationSuite
import RPC
import Synchronization

/// Writes to every store as fast as answers come, and remembers what was acknowledged.
final class Acknowledged: Sendable {
  private struct State {
    var keys: Set<String> = []
    var aliases: [String: UInt32] = [:]
    var versions: Set<UInt32> = []
    var approvals: Set<UInt32> = []
    var revision: UInt64 = 0
    var count = 0
  }

  private let suite: RunningSuite
  private let state = Mutex(State())

  init(on suite: RunningSuite) {
    self.suite = suite
  }

  var count: Int { state.withLock { $0.count } }

  /// What was acknowledged, for a person.
  var summary: String {
    state.withLock { state in
      "\(state.keys.count) keys, \(state.aliases.count) aliases, \(state.versions.count) versions, "
        + "\(state.approvals.count) approvals, deployment revision \(state.revision)"
    }
  }

  /// Makes keys, moves aliases and changes deployments until the task is cancelled.
  func write(round: Int) async throws {
    let channel = try suite.channel()
    let registry = try suite.channel(as: People.pusher)
    var number = 0
    while !Task.isCancelled {
      number += 1
      let name = "writer-\(round)-\(number)"
      if let made = try? await channel.call(
        Gateway.API.createKey,
        Gateway.CreateKeyRequest(principal: name, roles: ["developer"], models: ["*"])),
        let key = made.key
      {
        note { $0.keys.insert(key.id) }
      }
      let alias = Registry.SetAliasRequest(model: SmallModel.name, alias: name, version: 1)
      if (try? await registry.call(Registry.API.setAlias, alias)) != nil {
        note { $0.aliases[name] = 1 }
      }
      let targets = [Registry.Target(version: 1, replicas: 2, weight: 100)]
      if let deployment = try? await registry.call(
        Registry.API.setDeployment,
        Registry.SetDeploymentRequest(model: SmallModel.name, targets: targets, reason: name))
      {
        note { $0.revision = max($0.revision, deployment.revision) }
      }
    }
  }

  /// Pushes a version and lets one person approve it.
  func pushAndApprove(round: Int) async throws {
    let model = SmallModel(on: suite)
    guard try await model.push(note: "Round \(round).").status == 0 else { return }
    guard let version = try? await model.registered().versions.map(\.number).max() else { return }
    note { $0.versions.insert(version) }
    let approval = try await suite.slipway(
      "approve", SmallModel.name, "\(version)", "--identity", People.approvers[0],
      as: People.approvers[0])
    if approval.status == 0 { note { $0.approvals.insert(version) } }
  }

  /// What was acknowledged and is not there any more, a line each.
  ///
  /// - Parameter suite: the one that was written to, or one that went on with its folder.
  func lost(on suite: RunningSuite) async throws -> [String] {
    let channel = try suite.channel()
    let keys = try await channel.call(Gateway.API.listKeys, Gateway.ListKeysRequest()).keys
    let model = try await SmallModel(on: suite).registered()
    let aliases = Dictionary(
      model.aliases.map { ($0.name, $0.version) }, uniquingKeysWith: { one, _ in one })
    let approved = Set(model.versions.filter { !$0.approvals.isEmpty }.map(\.number))
    return state.withLock { state in
      state.keys.subtracting(keys.map(\.id)).map { "key \($0)" }
        + state.aliases.filter { aliases[$0.key] != $0.value }.map { "alias \($0.key)" }
        + state.versions.subtracting(model.versions.map(\.number)).map { "version \($0)" }
        + state.approvals.subtracting(approved).map { "approval of version \($0)" }
        + ((model.deployment?.revision ?? 0) < state.revision
          ? ["revision \(state.revision) of the deployment"] : [])
    }
  }

  private func note(_ change: (inout State) -> Void) {
    state.withLock { state in
      change(&state)
      state.count += 1
    }
  }
}
