internal import ArgumentParser
internal import Contracts
internal import RPC

/// What every change of a deployment has.
struct DeployOptions: ParsableArguments {
  @OptionGroup var global: GlobalOptions
  @OptionGroup var reason: KeyCommand.Reason

  @Flag(help: "Wait until the workers serve.")
  var wait = false

  @Option(help: "How long to wait.")
  var timeout = TimeSpan.seconds(120)

  func set(
    _ targets: [Registry.Target], of model: String, environment: String, revision: UInt64,
    in session: Session
  ) async throws {
    try await finish(
      try await session.call(
        Registry.API.setDeployment,
        Registry.SetDeploymentRequest(
          model: model, environment: environment, targets: targets, reason: reason.reason,
          expectedRevision: revision)), in: session)
  }

  func finish(_ deployment: Registry.Deployment, in session: Session) async throws {
    if wait {
      try await DeploymentWait(session: session, timeout: timeout.duration).run(deployment)
    }
    session.present(DeploymentView(deployment))
  }
}
