internal import ArgumentParser
internal import Contracts

struct ScaleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Change how many workers a deployed version has, or let the load decide.",
    discussion: """
      slipway workers scale magika 3
      slipway workers scale magika --min 1 --max 4
      slipway workers scale magika --min 0 --max 4 --idle 10m

      Between --min and --max there are more workers when calls are predicted to wait for the engine \
      longer than --wait-target, and fewer after --idle of too little work. With --min 0 the last one \
      ends after --idle without a call; the next call waits, within its own time, until one has \
      started. `slipway up` starts no more of them than it has processors and memory for.
      """)

  @OptionGroup var options: DeployOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: .number("How many workers."), transform: WholeNumber.parse)
  var count: UInt32?
  @Option(
    parsing: .unconditional, help: .number("How many workers, as well."),
    transform: WholeNumber.parse)
  var replicas: UInt32?
  @Option(
    parsing: .unconditional, help: .number("At least so many, as the load asks for."),
    transform: WholeNumber.parse)
  var min: UInt32?
  @Option(
    parsing: .unconditional, help: .number("At most so many, as the load asks for."),
    transform: WholeNumber.parse)
  var max: UInt32?
  @Option(
    parsing: .unconditional,
    help: .number(
      "With --max: milliseconds that calls may wait for the engine before there are more workers.",
      default: 50), transform: WholeNumber.parse)
  var waitTarget: UInt32?
  @Option(
    parsing: .unconditional,
    help: .time(
      "With --max: how long there is too little work before there are fewer workers.",
      default: .seconds(300)), transform: TimeSpan.parse)
  var idle: TimeSpan?
  @Option(name: .customLong("version"), help: "Which version, if several are deployed.")
  var version: UInt32 = 0

  func validate() throws {
    let fixed = [count, replicas].compactMap { $0 }
    guard fixed.count == (max == nil ? 1 : 0) else {
      throw ValidationError("expected how many workers, or --max with or without --min")
    }
    guard max != nil || (min == nil && waitTarget == nil && idle == nil) else {
      throw ValidationError("expected `--min`, `--wait-target` and `--idle` together with --max")
    }
    guard let max else { return }
    guard max > 0, (min ?? 1) <= max else {
      throw ValidationError("expected `--max` from 1 on and not below `--min`")
    }
    if waitTarget == 0 { throw ValidationError("expected `--wait-target` from 1 on") }
  }

  func run() async throws {
    let session = try await options.connection.session()
    let scaling = max.map { max in
      Registry.Scaling(
        min: min ?? 1, max: max, waitTarget: UInt64(waitTarget ?? 0) * 1_000_000,
        idle: UInt64(clamping: idle?.duration.components.seconds ?? 0) * 1_000_000_000)
    }
    try await options.finish(
      try await session.call(
        Registry.API.scale,
        Registry.ScaleRequest(
          model: model, version: version, replicas: count ?? replicas ?? 0,
          reason: options.reason.reason, scaling: scaling)), in: session)
  }
}
