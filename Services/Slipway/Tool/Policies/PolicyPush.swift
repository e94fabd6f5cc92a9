internal import ArgumentParser
internal import ContentPolicy
internal import Contracts
internal import Foundation

struct PolicyPush: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Keep a bundle with the governor, once its examples hold.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Folder of the bundle.", completion: .directory)
  var folder: String
  @Option(help: "Why, for the transparency log.")
  var reason = ""

  func run() async throws {
    let files = try PolicyFolder.files(in: folder)
    let bundle = try PolicyFolder.compile(files)
    let faults = PolicyTest.faults(of: bundle)
    guard faults.isEmpty else {
      throw ToolError(
        .failed, "examples do not hold\n\(faults.joined(separator: "\n"))",
        advice: "run `slipway policy test \(folder)`")
    }
    let session = try await connection.session()
    let pushed = try await session.call(
      Policies.API.push,
      Policies.PushRequest(
        files: files.map { Policies.File(path: $0.path, content: $0.content) }, reason: reason))
    session.present(BundleView(pushed))
    session.note(
      "next: \(pushed.approvalsNeeded) others say `slipway policy approve \(pushed.name)`")
  }
}

struct PolicyApprove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Say that a bundle may be put in force.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "NAME, NAME@VERSION or digest.")
  var bundle: String
  @Option(help: "Why, for the transparency log.")
  var reason = ""

  func run() async throws {
    let session = try await connection.session()
    let known = try await session.bundle(bundle)
    let approved = try await session.call(
      Policies.API.approve, Policies.ApproveRequest(digest: known.digest, reason: reason))
    session.present(BundleView(approved))
  }
}

struct PolicyBind: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bind", abstract: "Put an approved bundle in force.",
    discussion:
      "Without a model, a channel and a locale it is for all; the binding that says most counts.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "NAME, NAME@VERSION or digest; none with --remove.")
  var bundle: String?
  @Option(help: "For what this model takes and gives.")
  var model = ""
  @Option(help: "For content of this channel.")
  var channel = ""
  @Option(help: "For content of this locale, such as de or de-AT.")
  var locale = ""
  @Flag(help: "End the binding.")
  var remove = false
  @Option(help: "Why, for the transparency log.")
  var reason = ""

  func run() async throws {
    guard remove == (bundle == nil) else {
      throw ToolError(.usage, "expected a bundle, or --remove")
    }
    let session = try await connection.session()
    var digest = ""
    if let bundle { digest = try await session.bundle(bundle).digest }
    let target = Policies.Target(model: model, channel: channel, locale: locale)
    let answer = try await session.call(
      Policies.API.bind,
      Policies.BindRequest(target: target, digest: digest, reason: reason))
    session.present(
      BindingView(
        Policies.Binding(target: target, digest: digest), before: answer.before))
  }
}

struct PolicyList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Bundles, and what is in force.")

  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "What is in force, not the bundles.")
  var bindings = false

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(Policies.API.list, Policies.ListRequest())
    if bindings {
      session.present(PresentableList(elements: answer.bindings.map { BindingView($0) }))
    } else {
      session.present(PresentableList(elements: answer.bundles.map(BundleView.init)))
    }
  }
}

extension Session {
  /// A bundle that the governor keeps.
  func bundle(_ reference: String) async throws(ToolError) -> Policies.Bundle {
    let answer = try await call(Policies.API.fetch, Policies.FetchRequest(bundle: reference))
    guard let bundle = answer.bundle else {
      throw ToolError(.notFound, "there is no policy bundle `\(reference)`")
    }
    return bundle
  }
}
