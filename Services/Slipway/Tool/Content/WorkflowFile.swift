internal import Contracts
internal import Yams

/// A workflow as a person writes it. What is not understood is refused: a deadline that was mistyped must
/// not be no deadline.
struct WorkflowFile {
  let workflow: Content.Workflow
  private static let needs = ["all-of", "any-of"]

  init(_ text: String, path: String) throws(ToolError) {
    let document: Any?
    do {
      document = try Yams.load(yaml: text)
    } catch {
      throw ToolError(.usage, "`\(path)` is no YAML: \(error)")
    }
    do throws(Fault) {
      workflow = try Self.workflow(document)
    } catch {
      throw ToolError(.usage, "`\(path)`: \(error.message)")
    }
  }

  private struct Fault: Error {
    let message: String
  }

  private static func workflow(_ document: Any?) throws(Fault) -> Content.Workflow {
    let fields = try mapping(
      document, "the file", known: ["name", "channels", "locales", "roles", "steps"])
    guard let roles = fields["roles"] as? [String: Any] else {
      throw Fault(message: "expected `roles`, each with its people")
    }
    guard let steps = fields["steps"] as? [Any] else {
      throw Fault(message: "expected `steps`, a list")
    }
    return Content.Workflow(
      name: try text(fields["name"], "name"), channels: try names(fields["channels"], "channels"),
      locales: try names(fields["locales"] ?? ["*"], "locales"),
      roles: try roles.keys.sorted().map { name throws(Fault) in
        Content.WorkflowRole(name: name, people: try names(roles[name], "role `\(name)`"))
      }, steps: try steps.map { step throws(Fault) in try self.step(step) })
  }

  private static func step(_ value: Any) throws(Fault) -> Content.WorkflowStep {
    let fields = try mapping(
      value, "a step", known: ["name", "all-of", "any-of", "quorum", "of", "within"])
    var step = Content.WorkflowStep(name: try text(fields["name"], "name of a step"))
    let given = needs.filter { fields[$0] != nil }
    if let quorum = fields["quorum"] {
      guard given.isEmpty, let count = quorum as? Int, count > 0, count <= Int(UInt32.max) else {
        throw Fault(message: "step `\(step.name)`: expected `quorum`, a number, alone with `of`")
      }
      (step.need, step.quorum) = ("quorum", UInt32(count))
      step.roles = try names(fields["of"], "step `\(step.name)`, `of`")
    } else {
      guard given.count == 1, fields["of"] == nil else {
        throw Fault(
          message: "step `\(step.name)`: expected one of `all-of`, `any-of` and `quorum` with `of`")
      }
      step.need = given[0]
      step.roles = try names(fields[given[0]], "step `\(step.name)`, `\(given[0])`")
    }
    if let within = fields["within"] {
      guard let text = within as? String, let span = try? TimeSpan.parse(text),
        span.duration.components.seconds <= Int64(UInt32.max)
      else {
        throw Fault(message: "step `\(step.name)`: expected `within` such as 48h")
      }
      step.within = UInt32(span.duration.components.seconds)
    }
    return step
  }

  private static func mapping(
    _ value: Any?, _ what: String, known: [String]
  ) throws(Fault) -> [String: Any] {
    guard let fields = value as? [String: Any] else {
      throw Fault(message: "expected \(what) to have fields, such as `\(known[0])`")
    }
    if let other = fields.keys.sorted().first(where: { !known.contains($0) }) {
      let names = known.map { "`\($0)`" }.joined(separator: ", ")
      throw Fault(message: "`\(other)` of \(what) is not known: expected \(names)")
    }
    return fields
  }

  private static func text(_ value: Any?, _ what: String) throws(Fault) -> String {
    guard let text = value as? String else { throw Fault(message: "expected the \(what), a text") }
    return text
  }

  private static func names(_ value: Any?, _ what: String) throws(Fault) -> [String] {
    guard let names = value as? [String], !names.isEmpty else {
      throw Fault(message: "\(what): expected a list of names")
    }
    return names
  }
}
