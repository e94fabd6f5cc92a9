internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import Trust

struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Sign that a version may serve.",
    discussion: """
      The signature covers the model's name, the version, every file by digest, the environment and \
      the expiry. It is made here, with your key, and verified by each worker before it loads.
      """)

  private static let expiresInDefault = TimeSpan.seconds(
    ApprovalStatement.validityDefaultDays * 86_400)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "Number of the version.")
  var version: UInt32
  @Option(help: "Your signing key, by name or path.", completion: .file())
  var identity: String
  @Option(help: "Where it may serve.")
  var environment = "production"
  @Option(help: "The evaluation report that you looked at.", completion: .file())
  var evaluation: String?
  @Option(
    parsing: .unconditional,
    help: .time("How long the approval is good.", default: Self.expiresInDefault),
    transform: TimeSpan.parse)
  var expiresIn: TimeSpan = Self.expiresInDefault

  func run() async throws {
    let context = try ToolContext.current()
    let key = try IdentityFolder(context).signingKey(identity)
    let evaluationDigest = try evaluation.map { path in
      try PushFile(path: "evaluation", file: path).digest
    }
    let session = try await connection.session()
    let evidence = try await session.call(
      Registry.API.getEvidence, Registry.GetEvidenceRequest(model: model, version: version))
    let digest = try evidence.bundle(of: model).manifest.digest
    let now = context.now()
    let approval: Approval
    do {
      let statement = try ApprovalStatement(
        modelName: model, version: "\(version)", manifestDigest: digest,
        evaluationDigest: evaluationDigest, policyBundleDigest: nil, environment: environment,
        issuedAt: now, expiresAt: now.adding(expiresIn.duration))
      approval = try Approval(signing: statement, with: key)
    } catch {
      throw ToolError(.usage, "\(error)")
    }
    let response = try await session.call(
      Registry.API.approve, Registry.ApproveRequest(envelope: approval.jsonBytes()))
    session.present(
      ApprovalView(
        model: model, version: version, environment: environment, manifestDigest: digest.hex,
        expiresAt: approval.statement.expiresAt.description, approvers: response.approvers,
        required: response.required))
    let missing = Int(response.required) - Int(response.approvers)
    session.note(
      missing > 0
        ? "next: \(missing) more \(missing == 1 ? "person" : "people") must approve"
        : "next: `slipway deploy \(model) --version \(version)`")
  }
}

private struct ApprovalView: PresentableRow {
  static let columns = ["MODEL", "VERSION", "ENVIRONMENT", "MANIFEST", "EXPIRES", "APPROVERS"]
  var model: String
  var version: UInt32
  var environment: String
  var manifestDigest: String
  var expiresAt: String
  var approvers: UInt32
  var required: UInt32

  var row: [String] {
    [
      model, "\(version)", environment, String(manifestDigest.prefix(12)), expiresAt,
      "\(approvers) of \(required)",
    ]
  }
}
