import Contracts
import Foundation

@testable import ContentGovernorCore

extension ContentHouse {
  /// A template of HTML with one slot, `body`.
  @discardableResult
  func setTemplate(
    _ body: String, approved: Bool, slots: [Content.Slot] = [.init(name: "body", type: "text")]
  ) async throws -> Content.Template {
    let template = try await desk.templates.set(
      .init(
        requestKey: Self.key(),
        draft: .init(name: "letter", format: "html", body: Array(body.utf8), slots: slots)),
      by: Self.deployer)
    guard approved else { return template }
    return try await approve(template, by: Self.grace)
  }

  func approve(_ template: Content.Template, by asker: Asker) async throws -> Content.Template {
    try await desk.templates.approve(
      .init(name: template.name, revision: template.revision, digest: template.digest), by: asker)
  }

  func fill(_ items: [String: Content.Item]) async throws -> String {
    let fillings = items.sorted { $0.key < $1.key }
      .map { Content.Filling(slot: $0.key, item: $0.value.id) }
    return String(
      decoding: try await desk.templates.fill(
        .init(name: "letter", fillings: fillings), by: Self.shop
      ).content, as: UTF8.self)
  }
}
