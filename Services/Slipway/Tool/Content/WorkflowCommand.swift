internal import ArgumentParser
internal import Contracts
internal import Foundation

struct WorkflowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workflow", abstract: "Who decides on content.",
    subcommands: [Set.self, List.self])

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set a workflow from a file.",
      discussion: """
        name: marketing
        channels: [email, web]        # "*" for every one
        locales: ["*"]
        roles:
          legal: [grace]
          brand: [edsger, ada]
        steps:                        # one after the other
          - name: legal
            all-of: [legal]           # somebody of each role; any-of: somebody of one
            within: 48h               # then it lapses: silence approves nothing
          - name: brand
            quorum: 2                 # so many people
            of: [brand, legal]
        """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The file (YAML).", completion: .file())
    var file: String

    func run() async throws {
      let session = try await connection.session()
      let content = try await ContentFile.read(file, session.context)
      let workflow = try WorkflowFile(String(decoding: content, as: UTF8.self), path: file).workflow
      let kept = try await session.call(
        Content.API.setWorkflow,
        Content.SetWorkflowRequest(
          requestKey: Session.requestKey(), workflow: workflow, reason: reason.reason))
      session.present(WorkflowRow(kept))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List workflows.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let session = try await connection.session()
      let answer = try await session.call(
        Content.API.listWorkflows, Content.ListWorkflowsRequest())
      session.present(PresentableList(elements: answer.workflows.map { WorkflowRow($0) }))
    }
  }
}

struct WorkflowRow: PresentableRow {
  struct Role: Encodable {
    var name: String
    var people: [String]
  }

  struct Step: Encodable {
    var name: String
    var need: String
    var quorum: UInt32
    var roles: [String]
    var withinSeconds: UInt32
  }

  static let columns = ["WORKFLOW", "REVISION", "CHANNELS", "LOCALES", "STEPS"]
  var name: String
  var revision: UInt32
  var channels: [String]
  var locales: [String]
  var roles: [Role]
  var steps: [Step]

  init(_ workflow: Content.Workflow) {
    name = workflow.name
    revision = workflow.revision
    channels = workflow.channels
    locales = workflow.locales
    roles = workflow.roles.map { Role(name: $0.name, people: $0.people) }
    steps = workflow.steps.map {
      Step(
        name: $0.name, need: $0.need, quorum: $0.quorum, roles: $0.roles,
        withinSeconds: $0.within)
    }
  }

  var row: [String] {
    let steps = steps.map { step in
      let need = step.need == "quorum" ? "\(step.quorum) of" : step.need
      return "\(step.name): \(need) \(step.roles.joined(separator: ","))"
    }
    return [
      name, "\(revision)", channels.joined(separator: ","), locales.joined(separator: ","),
      steps.joined(separator: "; then "),
    ]
  }
}
