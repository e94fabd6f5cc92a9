internal import Base
internal import RPC

extension ForwardedCall {
  /// What changes while a call is on its way.
  struct State: Sendable {
    /// The version that is to answer; `nil` until it is known, and for services.
    var route: Route?
    /// When it first waited for a worker; routes have changed since.
    var waitsSince: MonotonicInstant?
    /// What it waits for is started because it waits.
    var awaitsStart = false
    /// Workers died with it: it is tried alone.
    var isSuspect = false
    var attempts = 0
    /// Of which nothing of the call was done.
    var futileAttempts = 0
    /// As many as there were when it began to wait for a worker.
    var futileBeforeWaiting = 0
    /// A worker was passed over because it owed a sign of life.
    var hasAvoidedSuspect = false
    var worker: Worker?
    var upstream: ClientConnection?
    var upstreamStream: UInt32 = 0
    var upstreamStartedAt: MonotonicInstant
    var answerStarted = false
    var isEnded = false
    /// The request so far; empty once it can't be sent again.
    var frames: [Frame] = []
    /// It came in parts: routes may have changed since the first.
    var wasHeld = false
    /// What of it is counted as held: all until it is sent.
    var held = HeldRequests.Size.none
    var requestByteCount = 0
    var responseByteCount = 0
    /// Credit of answers that wait for the caller: it goes back to the worker as they are passed on.
    var owedToWorker = 0
    /// Of a request that is a stream: what is to be passed on, and whether its first frame has been.
    var waiting = FrameQueue()
    var hasBegun = false
    var sample = BodySample()

    /// Whether the request can be sent again.
    var isKept: Bool { !frames.isEmpty || !waiting.isEmpty }
  }
}
