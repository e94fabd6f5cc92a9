package import Foundation

/// Who works with the suite: each with a signing key and an API key of their own.
package enum People {
  /// Pushes, deploys and operates.
  package static let pusher = "ada"
  package static let approvers = ["grace", "edsger"]
  /// A program that asks models.
  package static let client = "classifier"
}

extension RunningSuite {
  /// Makes everybody's keys and trusts the people's signatures. Once in a suite's folder.
  package func makePeople() async throws {
    for person in [People.pusher] + People.approvers {
      try await slipway("identity", "create", person).succeeded()
      let role = person == People.pusher ? "pusher" : "approver"
      try await slipway("trust", "add", person, "--identity", person, "--role", role).succeeded()
    }
    try await makeKey(of: People.pusher, roles: ["developer", "deployer", "operator"])
    for approver in People.approvers { try await makeKey(of: approver, roles: ["approver"]) }
  }

  /// - Parameter model: the only one that the key may call.
  package func makeKey(of person: String, roles: [String], model: String = "*") async throws {
    try await slipway(
      ["key", "create", person, "--model", model, "--out", keyFile(of: person).path]
        + roles.flatMap { ["--role", $0] }
    ).succeeded()
  }

  package func key(of person: String) throws -> String {
    try String(contentsOf: keyFile(of: person), encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Holds the person's API key (0600).
  package func keyFile(of person: String) -> URL {
    folder.home.appending(path: "\(person).api-key")
  }
}
