internal import ArgumentParser
internal import Contracts
internal import Foundation

/// What content is meant for, on the command line.
struct PurposeOptions: ParsableArguments {
  @Option(help: "Where it is to appear, such as email.")
  var channel: String
  @Option(help: "For readers of which language and country, such as de-DE.")
  var locale: String
  @Option(help: "For whom.")
  var audience = "everyone"
  @Option(help: "How it is written: plain, markdown or html.")
  var format = "plain"
  @Option(help: "The slot of a template that it is for.", transform: SlotName.parse)
  var slot: SlotName?

  var purpose: Content.Purpose {
    Content.Purpose(
      channel: channel, locale: locale, audience: audience, templateName: slot?.template ?? "",
      slot: slot?.slot ?? "", format: format)
  }
}

/// `TEMPLATE/SLOT` on the command line.
struct SlotName: Sendable, Hashable {
  let template: String
  let slot: String

  static func parse(_ argument: String) throws -> SlotName {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw ValidationError("expected TEMPLATE/SLOT, such as newsletter/body")
    }
    return SlotName(template: String(parts[0]), slot: String(parts[1]))
  }
}

/// Files of content.
enum ContentFile {
  /// More than the governor takes.
  private static let bytesMax = 2 << 20

  /// - Parameter path: `-` for the standard input.
  static func read(_ path: String, _ context: ToolContext) async throws(ToolError) -> [UInt8] {
    if path == "-" {
      var lines: [String] = []
      var byteCount = 0
      while byteCount <= bytesMax, let line = await context.input.line() {
        lines.append(line)
        byteCount += line.utf8.count + 1
      }
      return Array(lines.map { $0 + "\n" }.joined().utf8)
    }
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ToolError(.notFound, "`\(path)` is not there or can't be read")
    }
    return [UInt8](content)
  }
}

extension Session {
  /// A name for one request, so that it is done once however often it is sent.
  static func requestKey() -> String { UUID().uuidString }

  func item(_ id: String) async throws(ToolError) -> Content.Item {
    try await call(Content.API.getItem, Content.GetItemRequest(item: id))
  }
}
