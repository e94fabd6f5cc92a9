internal import ArgumentParser

/// The option of a command that shows a result.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write JSON instead of a table.")
  var json = false
}
