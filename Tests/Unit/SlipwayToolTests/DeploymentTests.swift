import Contracts
import RPC
import Synchronization
import Testing

@testable import SlipwayTool

@Suite("Deployments")
struct DeploymentTests {
  struct Split: Sendable {
    var versions: [VersionWeight]
    /// Nil where it is refused.
    var weights: [UInt32]?
  }

  @Test(
    "weights add up to 100 or are refused",
    arguments: [
      Split(versions: [VersionWeight(version: 1)], weights: [100]),
      Split(
        versions: [VersionWeight(version: 1), VersionWeight(version: 2, weight: 10)],
        weights: [90, 10]),
      Split(
        versions: [1, 2, 3].map { VersionWeight(version: $0) }, weights: [34, 33, 33]),
      Split(versions: [VersionWeight(version: 1, weight: 50)], weights: nil),
      Split(
        versions: [VersionWeight(version: 1, weight: 60), VersionWeight(version: 2, weight: 60)],
        weights: nil),
      Split(versions: [VersionWeight(version: 1), VersionWeight(version: 1)], weights: nil),
    ])
  func split(row: Split) {
    let targets = try? TrafficSplit.targets(row.versions, replicas: 2)
    #expect(targets?.map(\.weight) == row.weights)
  }

  @Test("a canary takes its share and leaves the others theirs, exactly", arguments: 1...99)
  func canary(weight: UInt32) throws {
    let current = [
      Registry.Target(version: 1, replicas: 3, weight: 67),
      Registry.Target(version: 2, replicas: 1, weight: 33),
    ]
    let targets = try TrafficSplit.canary(current, version: 3, weight: weight, replicas: 1)
    #expect(targets.map(\.weight).reduce(0, +) == 100)
    #expect(targets.last == Registry.Target(version: 3, replicas: 1, weight: weight))
    #expect(targets.prefix(2).map(\.replicas) == [3, 1])
  }

  @Test("a promotion takes over all traffic and the largest number of workers")
  func promote() {
    let current = [
      Registry.Target(version: 1, replicas: 3, weight: 90),
      Registry.Target(version: 2, replicas: 1, weight: 10),
    ]
    #expect(
      TrafficSplit.promote(current, version: 2, replicas: nil)
        == [Registry.Target(version: 2, replicas: 3, weight: 100)])
  }

  @Test("canary asks for the deployment first and guards against another's change")
  func guarded() async {
    let gateway = FakeGateway()
    let asked = Mutex<Registry.SetDeploymentRequest?>(nil)
    gateway.on(Registry.API.getModel) { _ in
      Registry.Model(
        name: "m",
        deployment: Registry.Deployment(
          model: "m", environment: "production",
          targets: [Registry.Target(version: 1, replicas: 2, weight: 100)], revision: 7))
    }
    gateway.on(Registry.API.setDeployment) { request in
      asked.withLock { $0 = request }
      return Registry.Deployment(model: "m", targets: request.targets, revision: 8)
    }
    let run = await Run(["canary", "m", "2", "--weight", "10", "--reason", "try"], on: gateway)
    #expect(run.status == 0)
    let request = asked.withLock { $0 }
    #expect(request?.expectedRevision == 7)
    #expect(request?.reason == "try")
    #expect(request?.targets.map(\.weight) == [90, 10])
  }

  @Test("waiting ends when every worker serves, or when another deployment came")
  func missing() {
    let deployment = Registry.Deployment(
      model: "m", targets: [Registry.Target(version: 1, replicas: 2, weight: 100)], revision: 3)
    func model(_ states: [String], revision: UInt64 = 3) -> Registry.Model {
      Registry.Model(
        name: "m", deployment: Registry.Deployment(model: "m", revision: revision),
        leases: states.map { Registry.Lease(model: "m", version: 1, state: $0) })
    }
    #expect(DeploymentWait.missing(deployment, in: model(["serving"])) == [1: 1])
    #expect(DeploymentWait.missing(deployment, in: model(["serving", "draining"])) == [1: 1])
    #expect(DeploymentWait.missing(deployment, in: model(["serving", "serving"])).isEmpty)
    #expect(DeploymentWait.missing(deployment, in: model([], revision: 4)).isEmpty)
  }

  @Test("a wait that is over says which workers are missing, and ends with 5")
  func timeout() async {
    let gateway = FakeGateway()
    gateway.on(Registry.API.getModel) { _ in Registry.Model(name: "m") }
    gateway.on(Registry.API.rollback) { _ in
      Registry.Deployment(
        model: "m", targets: [Registry.Target(version: 4, replicas: 2, weight: 100)], revision: 3)
    }
    let run = await Run(["rollback", "m", "--wait", "--timeout", "1s"], on: gateway)
    #expect(run.status == 5)
    #expect(run.complaint.contains("2 of version 4"))
  }
}
