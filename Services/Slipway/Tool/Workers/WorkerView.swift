internal import Contracts

/// A worker that holds a lease.
struct WorkerView: PresentableRow {
  static let columns = [
    "WORKER", "MODEL", "VERSION", "STATE", "ENDPOINT", "QUEUED", "IN FLIGHT", "PROCESS", "HOST",
  ]

  var id: String
  var model: String
  var version: UInt32
  var state: String
  var endpoint: String
  var queueDepth: UInt32
  var inFlight: UInt32
  var acquiredAt: String?
  var expiresAt: String?
  var processID: UInt32
  var host: String

  init(_ lease: Registry.Lease) {
    id = lease.workerID
    model = lease.model
    version = lease.version
    state = lease.state
    endpoint = lease.endpoint
    queueDepth = lease.queueDepth
    inFlight = lease.inFlight
    acquiredAt = Spelling.time(lease.acquiredAt)
    expiresAt = Spelling.time(lease.expiresAt)
    processID = lease.processID
    host = lease.host
  }

  var row: [String] {
    [
      id, model, "\(version)", state, endpoint, "\(queueDepth)", "\(inFlight)", "\(processID)",
      host,
    ]
  }
}
