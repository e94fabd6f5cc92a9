internal import Contracts
internal import RPC

/// A call on its way through the engine's queue, and the way back to its caller.
final class InferenceReply: DeferredWork {
  typealias Answer = (reply: InferenceReply, result: Result<[Tensor], InferenceFailure>)

  private let service: WorkerService
  private let pool: EnginePool
  private let call: DeferredCall
  private let id: String
  private let form: ContentsForm
  private let ticket = TicketSlot()

  init(
    service: WorkerService, pool: EnginePool, call: DeferredCall, id: String, form: ContentsForm
  ) {
    self.service = service
    self.pool = pool
    self.call = call
    self.id = id
    self.form = form
  }

  /// Where its answer is to be given.
  var loop: any ConnectionLoop { call.loop }

  /// Under this ticket it waits from now on; `false` if its caller has gone meanwhile.
  func isAdmitted(as ticket: AdmissionTicket) -> Bool { self.ticket.admit(as: ticket) }

  /// Takes the answers of a run to their connections: one visit to a loop, and one flush for each
  /// connection's answers that follow each other.
  static func deliver(_ answers: [Answer]) {
    var rest = answers
    while let first = rest.first {
      let loop = first.reply.call.loop
      let mine = rest.filter { $0.reply.call.loop === loop }
      rest = mine.count == rest.count ? [] : rest.filter { $0.reply.call.loop !== loop }
      loop.execute { answerAll(mine) }
    }
  }

  private static func answerAll(_ answers: [Answer]) {
    var open: ServerConnection?
    for (reply, result) in answers {
      let connection = reply.call.connection
      if let open, open !== connection { open.assumeIsolated { $0.flush() } }
      open = connection
      connection.assumeIsolated { reply.answer(result, on: $0) }
    }
    open?.assumeIsolated { $0.flush() }
  }

  private func answer(
    _ result: Result<[Tensor], InferenceFailure>, on connection: isolated ServerConnection
  ) {
    switch result {
    case .success(let outputs):
      connection.answer(call, with: service.response(outputs, id: id, form: form))
    case .failure(let failure): connection.answer(call, with: service.answer(failure))
    }
  }

  /// The caller goes, or its time is over.
  func cancelled() {
    if let ticket = ticket.leave() { pool.cancel(ticket) }
  }
}
