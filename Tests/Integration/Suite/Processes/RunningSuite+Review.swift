internal import Foundation

extension RunningSuite {
  /// Runs a verb of the person's tool with something piped in.
  package func slipway(
    _ arguments: String..., as person: String, input: String
  ) async throws -> CommandResult {
    var variables = variables
    variables["SLIPWAY_KEY"] = "@\(keyFile(of: person).path)"
    let tool = checkout.executables.appending(path: "slipway").path
    return try await Command.run(
      "/bin/sh", ["-c", "printf '%s' \"$0\" | \"$@\"", input, tool] + arguments,
      variables: variables)
  }

  /// Writes a file into the folder of the suite's people; returns its path.
  package func write(_ text: String, to name: String) throws -> String {
    let file = folder.home.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// People who decide on content, and who they are.
  package func makeReviewers() async throws {
    try await makePeople()
    let workflow = """
      name: marketing
      channels: ["*"]
      roles: {legal: [\(People.approvers[0])], brand: [\(People.approvers[1])]}
      steps:
        - {name: legal, all-of: [legal], within: 1h}
        - {name: brand, quorum: 1, of: [legal, brand]}
      """
    try await slipway("workflow", "set", write(workflow, to: "workflow.yaml")).succeeded()
  }
}
