internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import Trust

struct PushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Push a new version of a model.",
    discussion: """
      Probes the model in every engine, signs the list of its files with your key and uploads what \
      the registry does not have yet. Run again after an interruption, it goes on where it was.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "Its files, or a folder of them.", completion: .file())
  var files: [String]
  @Option(help: "The model card (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var card: String
  @Option(help: "Your signing key, by name or path.", completion: .file())
  var identity: String
  @Option(help: "The file to probe, if there are several.", completion: .file())
  var modelFile: String?
  @Option(help: "A signature.json to use instead of probing.", completion: .file())
  var signature: String?
  @Option(help: "Data that it was trained on.")
  var data = ""
  @Option(help: "Commit of the training code.")
  var commit = ""
  @Option(help: "Version that it was trained from.")
  var parentVersion: UInt32 = 0

  func run() async throws {
    let context = try ToolContext.current()
    let key = try IdentityFolder(context).signingKey(identity)
    let files = try PushPlan.files(at: files)
    let cardFile = try PushFile(path: PushPlan.cardPath, file: card)
    let (signature, probe) = try await probe(files, context)
    let plan = try PushPlan(
      model: model, files: files, card: cardFile, signature: signature, probe: probe,
      lineage: Registry.Lineage(data: data, commit: commit, parentVersion: parentVersion),
      signedBy: key)
    let session = try await connection.session()
    let bar = ProgressBar("pushing", output: context.output, isVisible: !connection.json)
    let total = plan.byteCount
    let push = ModelPush(plan: plan, channel: session.channel) { done in
      bar.update(
        done: done, of: total, detail: "\(Spelling.size(done)) of \(Spelling.size(total))")
    }
    let version: Registry.Version
    do {
      version = try await push.run()
      bar.end()
    } catch {
      bar.end()
      throw error
    }
    session.present(VersionView(version))
    session.note(
      "next: approvers sign with `slipway approve \(model) \(version.number) --identity NAME`")
  }

  /// The signature, and the record of the probe unless the signature was given.
  private func probe(
    _ files: [PushFile], _ context: ToolContext
  ) async throws(ToolError) -> (signature: PushFile, record: PushFile?) {
    if let signature {
      return (try PushFile(path: PushPlan.signaturePath, file: signature), nil)
    }
    var probed = modelFile
    if probed == nil { probed = try PushPlan.modelFile(among: files) }
    let result = try await ModelProbe(context).run(
      probed ?? "", files: files, card: try CardAdvice(card: card))
    return (
      PushFile(path: PushPlan.signaturePath, bytes: result.signature),
      PushFile(path: PushPlan.probePath, bytes: result.record)
    )
  }
}
