internal import ArgumentParser
internal import SlipwayClient

struct InferCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Ask a model.",
    discussion: """
      slipway infer iris --input 'x=[[5.1, 3.5, 1.4, 0.2]]'
      slipway infer iris --input x=@input.json --version stable --json

      Without --input it says what the model takes and gives.
      """)

  private static let timeoutDefault = TimeSpan.seconds(30)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The model.")
  var model: String
  @Option(
    name: .customLong("version"), help: "Number or alias; the deployment decides if not given.")
  var version = ""
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp("An input; may be repeated.", valueName: "name=json|name=@file"))
  var inputs: [String] = []
  @Option(name: .customLong("output"), help: "Only this output; may be repeated.")
  var outputs: [String] = []
  @Option(help: "Names the call, such as for labels that come later; at most 64 bytes.")
  var id = ""
  @Option(help: "Calls with the same key go to the same version of a split.")
  var routingKey = ""
  @Option(
    parsing: .unconditional, help: .time("How long to wait.", default: Self.timeoutDefault),
    transform: TimeSpan.parse)
  var timeout: TimeSpan = Self.timeoutDefault

  func run() async throws {
    let given = try inputs.map { try TensorInput(argument: $0) }
    let session = try await connection.session()
    let client = GatewayClient(session.channel)
    let description = try await client.describe(model, version: version)
    guard !given.isEmpty else { return session.present(DescriptionView(description)) }
    let tensors = try given.map { input in
      guard let declared = description.inputs.first(where: { $0.name == input.name }) else {
        let names = description.inputs.map { "`\($0.name)`" }.joined(separator: ", ")
        throw ToolError(.usage, "`\(model)` has no input `\(input.name)`: expected one of \(names)")
      }
      return try input.tensor(declared)
    }
    let result = try await client.infer(
      InferenceRequest(
        model: model, version: version, id: id, inputs: tensors, outputs: outputs,
        routingKey: routingKey, timeout: timeout.duration))
    session.present(InferenceView(result))
  }
}
