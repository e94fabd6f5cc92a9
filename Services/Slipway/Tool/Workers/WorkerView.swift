internal import Contracts
internal import SlipwaySupervisor

/// A worker that holds a lease, or that should run and does not.
struct WorkerView: PresentableRow {
  static let columns = [
    "WORKER", "MODEL", "VERSION", "STATE", "ENDPOINT", "QUEUED", "IN FLIGHT", "WAIT", "BUSY",
    "MEMORY", "PROCESS", "HOST",
  ]

  var id: String
  var model: String
  var version: UInt32
  var state: String
  var endpoint: String
  var queueDepth: UInt32
  var inFlight: UInt32
  /// That calls which come are predicted to wait.
  var queueWaitNanoseconds: UInt64
  var busyPerMille: UInt32
  /// Proportional set size; 0 where nobody knows.
  var memoryBytes: UInt64
  var acquiredAt: String?
  var expiresAt: String?
  var processID: UInt32
  var host: String
  /// Why it does not run; nil for one that holds a lease.
  var reason: String?

  init(_ lease: Registry.Lease) {
    id = lease.workerID
    model = lease.model
    version = lease.version
    state = lease.state
    endpoint = lease.endpoint
    queueDepth = lease.queueDepth
    inFlight = lease.inFlight
    queueWaitNanoseconds = lease.queueWait
    busyPerMille = lease.busyPerMille
    memoryBytes = lease.memoryBytes
    acquiredAt = Spelling.time(lease.acquiredAt)
    expiresAt = Spelling.time(lease.expiresAt)
    processID = lease.processID
    host = lease.host
  }

  init(_ absent: AbsentWorker) {
    id = absent.id
    model = absent.model
    version = absent.version
    state = absent.state.rawValue
    endpoint = ""
    queueDepth = 0
    inFlight = 0
    queueWaitNanoseconds = 0
    busyPerMille = 0
    memoryBytes = 0
    processID = 0
    host = ""
    reason = absent.reason
  }

  var row: [String] {
    [
      id, model, "\(version)", reason.map { "\(state): \($0)" } ?? state, endpoint, "\(queueDepth)",
      "\(inFlight)", Spelling.nanoseconds(queueWaitNanoseconds), "\(busyPerMille / 10) %",
      memoryBytes == 0 ? "" : Spelling.size(memoryBytes), "\(processID)", host,
    ]
  }
}
