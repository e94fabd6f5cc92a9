internal import ArgumentParser

/// `slipway`: the person's tool.
struct Slipway: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slipway",
    abstract: "Takes AI models from the lab to production and keeps them.",
    discussion: """
      Exit status: 0 done, 1 failed, 2 not understood, 3 refused, 4 not found, 5 unavailable or not \
      in time.

      The release: slipway version, or slipway --version

      Shell completions: slipway --generate-completion-script bash|zsh|fish
      """,
    subcommands: [
      UpCommand.self, DownCommand.self, StatusCommand.self, KeyCommand.self, UsageCommand.self,
      ModelCommand.self, ApproveCommand.self, DeployCommand.self, CanaryCommand.self,
      PromoteCommand.self, RollbackCommand.self, WorkersCommand.self, InferCommand.self,
      AuditCommand.self, PolicyCommand.self, IdentityCommand.self, TrustCommand.self,
      CertsCommand.self,
      VersionCommand.self,
    ])
}

/// Runs a command line.
package enum Tool {
  /// - Parameter arguments: without the name of the program.
  /// - Returns: the status to exit with.
  package static func run(_ arguments: [String], context: ToolContext) async -> Int32 {
    await ToolContext.$bound.withValue(context) {
      do {
        // Not argument-parser's own flag, which would take `--version N` of other commands.
        var command = try Slipway.parseAsRoot(arguments == ["--version"] ? ["version"] : arguments)
        if var command = command as? any AsyncParsableCommand {
          try await command.run()
        } else {
          try command.run()
        }
        return ExitStatus.ok.rawValue
      } catch {
        return report(error, to: context.output)
      }
    }
  }

  private static func report(_ error: any Error, to output: ToolOutput) -> Int32 {
    let parsed = Slipway.exitCode(for: error)
    if parsed.isSuccess {
      output.write(Slipway.fullMessage(for: error) + "\n")
      return ExitStatus.ok.rawValue
    }
    if parsed == .validationFailure {
      output.complain(Slipway.fullMessage(for: error) + "\n")
      return ExitStatus.usage.rawValue
    }
    let error = ToolError(explaining: error)
    output.complain("slipway: \(error.message)\n")
    if let advice = error.advice { output.complain("next: \(advice)\n") }
    return error.status.rawValue
  }
}
