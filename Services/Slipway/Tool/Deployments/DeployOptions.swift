internal import ArgumentParser
internal import Contracts
internal import RPC

/// What every change of a deployment has.
struct DeployOptions: ParsableArguments {
  private static let timeoutDefault = TimeSpan.seconds(120)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var reason: KeyCommand.Reason

  @Flag(help: "Wait until the workers serve.")
  var wait = false

  @Option(
    parsing: .unconditional,
    help: .time("With --wait: how long to wait.", default: Self.timeoutDefault),
    transform: TimeSpan.parse)
  var timeout: TimeSpan?

  func validate() throws {
    if timeout != nil, !wait {
      throw ValidationError("expected `--timeout` together with --wait: nothing is waited for")
    }
  }

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
      let timeout = timeout ?? Self.timeoutDefault
      try await DeploymentWait(session: session, timeout: timeout.duration).run(deployment)
    }
    session.present(DeploymentView(deployment))
  }
}
