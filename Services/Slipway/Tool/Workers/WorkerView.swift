internal import Contracts
internal import SlipwaySupervisor

/// A worker that holds a lease, or that was refused for good.
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
  /// Why it is parked; nil for one that holds a lease.
  var reason: String?

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

  init(_ parked: ParkedWorker) {
    id = parked.id
    model = parked.model
    version = parked.version
    state = "parked"
    endpoint = ""
    queueDepth = 0
    inFlight = 0
    processID = 0
    host = ""
    reason = parked.reason
  }

  var row: [String] {
    [
      id, model, "\(version)", reason.map { "\(state): \($0)" } ?? state, endpoint, "\(queueDepth)",
      "\(inFlight)", "\(processID)",
      host,
    ]
  }
}
