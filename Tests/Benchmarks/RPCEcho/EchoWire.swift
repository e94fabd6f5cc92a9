internal import TransportTCP

/// What both sides are told about the connection, beside what every load client takes.
struct EchoWire {
  /// `--latency`: loops that poll before they sleep.
  private(set) var polls = false
  /// `--compress on|off`: as between machines, or as on one; as the addresses say if `nil`.
  private(set) var compresses: Bool?
  /// `--host`: an address of this machine, or of a network namespace.
  private(set) var host = "127.0.0.1"
  /// `--tls`: a folder with `authority.pem`, `ROLE.pem` and `ROLE.key`.
  private var certificates: String?

  /// Takes its own arguments away.
  init(takingFrom arguments: inout [String]) {
    var others: [String] = []
    var left = arguments[...]
    while let argument = left.popFirst() {
      switch argument {
      case "--latency": polls = true
      case "--compress": compresses = left.popFirst().map { $0 == "on" }
      case "--host": host = left.popFirst() ?? host
      case "--tls": certificates = left.popFirst()
      default: others.append(argument)
      }
    }
    arguments = others
  }

  /// One event loop.
  var loops: EventLoopLinks {
    polls ? EventLoopLinks(pollingThreads: 1) : EventLoopLinks(threads: 1)
  }

  /// `nil` without `--tls`.
  func tls(of role: String) -> TLSSettings? {
    certificates.map { TLSSettings(folder: $0, role: role) }
  }
}
