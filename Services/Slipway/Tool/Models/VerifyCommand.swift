internal import ArgumentParser
internal import Contracts
internal import SlipwaySupervisor
internal import Trust

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Judge a version's signatures by this machine's trust file, as a worker does.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "Number of the version.")
  var version: UInt32
  @Option(help: "Where it is to serve.")
  var environment = "production"

  func run() async throws {
    let session = try await connection.session()
    let path = connection.place.directory(session.context).trustFile
    let evidence = try await session.call(
      Registry.API.getEvidence, Registry.GetEvidenceRequest(model: model, version: version))
    do {
      let trust = try TrustFile.load(from: path)
      let verified = try DeploymentVerifier(trust: trust).verify(
        bundle: evidence.manifestBundle,
        approvals: evidence.approvals.compactMap { try? Approval(json: $0) },
        expectation: DeploymentExpectation(
          modelName: model, version: "\(version)", environment: environment,
          files: try evidence.manifestFiles()), now: session.context.now())
      session.present(
        VerifiedView(
          model: model, version: version, environment: environment,
          approvers: verified.approvers))
    } catch {
      throw ToolError(.refused, "\(error)")
    }
  }
}

private struct VerifiedView: PresentableRow {
  static let columns = ["MODEL", "VERSION", "ENVIRONMENT", "APPROVERS"]
  var model: String
  var version: UInt32
  var environment: String
  var approvers: [String]
  var row: [String] { [model, "\(version)", environment, approvers.joined(separator: ",")] }
}
