import Foundation
import Trust

/// People with real keys, and the trust file that lists them.
struct People {
  let pusher: SigningKey
  let ana: SigningKey
  let ben: SigningKey
  /// Approver and pusher in one person.
  let both: SigningKey
  /// A key that no trust file lists.
  let stranger: SigningKey

  init() throws {
    pusher = try .generate(comment: "pusher")
    ana = try .generate(comment: "ana")
    ben = try .generate(comment: "ben")
    both = try .generate(comment: "both")
    stranger = try .generate(comment: "stranger")
  }

  func writeTrustFile(to path: String, approvers: Int = 2) throws {
    func person(_ name: String, _ roles: String, _ key: SigningKey) -> String {
      """
      {"person": "\(name)", "roles": [\(roles)], "keys": [{"key": "\(key.verifyingKey)"}]}
      """
    }
    let people = [
      person("pia", "\"pusher\"", pusher), person("ana", "\"approver\"", ana),
      person("ben", "\"approver\"", ben), person("bo", "\"pusher\", \"approver\"", both),
    ]
    let text = """
      {"version": 1, "approversRequired": \(approvers), "people": [\(people.joined(separator: ","))]}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
