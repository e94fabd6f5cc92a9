import Contracts
import RPC

/// A message that can be made at random. The conformances are generated.
protocol RandomMessage: WireMessage, Hashable {
  static func random(from chance: inout Chance) -> Self
}

/// Every message type with its proto name.
let randomTypes: [(name: String, type: any RandomMessage.Type)] = EveryMessage.types.compactMap {
  (name, type) in (type as? any RandomMessage.Type).map { (name, $0) }
}
