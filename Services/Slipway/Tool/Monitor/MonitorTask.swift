internal import ArgumentParser
internal import Contracts

struct MonitorTask: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Say what a model predicts, where its outputs do not show it.",
    discussion: """
      slipway monitor task loans binary --score 'probabilities[1]' --positive yes --threshold 0.3

      Without it, an output of two numbers is taken for the probabilities of two classes, one of more for \
      those of several, a single number for a regression, and a text for a class.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var reason: KeyCommand.Reason
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "binary, multiclass or regression.")
  var kind: String
  @Option(help: "Column of the prediction, such as label or probabilities.top.")
  var prediction = ""
  @Option(help: "Column of the probability of the positive class.")
  var score = ""
  @Option(help: "The positive class, as labels name it.")
  var positive = "1"
  @Option(
    parsing: .unconditional,
    help: "From this score on the answer is positive, where there is no --prediction.")
  var threshold = 0.5

  func run() async throws {
    let session = try await connection.session()
    let task = try await session.call(
      Monitor.API.setTask,
      Monitor.SetTaskRequest(
        task: Monitor.Task(
          model: model, kind: kind, prediction: prediction, score: score,
          positive: kind == "binary" ? positive : "", threshold: threshold),
        reason: reason.reason))
    session.present(TaskView(task))
  }
}

struct TaskView: PresentableRow {
  static let columns = ["MODEL", "TASK", "PREDICTION", "SCORE", "POSITIVE", "THRESHOLD"]

  var model: String
  var kind: String
  var prediction: String
  var score: String
  var positive: String
  var threshold: Double

  init(_ task: Monitor.Task) {
    model = task.model
    kind = task.kind
    prediction = task.prediction
    score = task.score
    positive = task.positive
    threshold = task.threshold
  }

  var row: [String] { [model, kind, prediction, score, positive, Figure.text(threshold)] }
}
