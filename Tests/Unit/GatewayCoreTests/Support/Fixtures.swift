import Testing

@testable import GatewayCore

/// Wall time of the tests, nanoseconds since 1970, and its units.
let someday: Int64 = 1_800_000_000_000_000_000
let second: Int64 = 1_000_000_000
let hour: Int64 = 3_600 * second

extension RouteBook {
  /// A book with one model.
  static func holding(_ model: ObservedModel) -> RouteBook {
    let book = RouteBook()
    book.apply(model, nowNanoseconds: someday)
    return book
  }
}

extension ObservedModel.Target {
  static func version(_ version: UInt32, weight: UInt32, replicas: UInt32 = 1) -> Self {
    Self(version: version, replicas: replicas, weight: weight)
  }
}

extension ObservedWorker {
  static func serving(_ id: String, _ version: UInt32, queueDepth: UInt32 = 0) -> Self {
    Self(id: id, version: version, endpoint: "127.0.0.1:\(id)", queueDepth: queueDepth)
  }
}

extension RouteTable {
  /// The version that a call without a routing key gets.
  func version(
    _ model: String, _ version: String = "", _ random: inout RouteRandom
  ) throws(RouteError) -> UInt32 {
    try resolve(
      model: model, version: version, scope: .every, routingKey: [UInt8]().span, random: &random
    ).version
  }

  /// The version that the callers of a routing key get.
  func version(_ model: String, key: String, _ random: inout RouteRandom) throws(RouteError)
    -> UInt32
  {
    try resolve(
      model: model, version: "", scope: .every, routingKey: Array(key.utf8).span, random: &random
    )
    .version
  }
}
