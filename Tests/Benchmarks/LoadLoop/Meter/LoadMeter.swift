internal import CLoad
internal import Synchronization

/// What a load client sees: latencies within the measured window, wrong answers, CPU of both sides.
///
/// Unchecked because callers on several threads share the histogram, which is written with atomic
/// additions only, and the window, which only `run` touches.
@safe package final class LoadMeter: @unchecked Sendable {
  package enum Phase: UInt8, AtomicRepresentable {
    case warming
    case measuring
    /// No further calls; those in flight end.
    case draining
  }

  private let options: LoadOptions
  private let histogram: OpaquePointer
  private let current = Atomic<Phase>(.warming)
  private let errors = Atomic<UInt64>(0)

  /// `nil` if there is no memory for it.
  package init?(_ options: LoadOptions) {
    guard let histogram = unsafe load_histogram_create() else { return nil }
    self.options = options
    unsafe self.histogram = histogram
  }

  deinit {
    unsafe load_histogram_destroy(histogram)
  }

  package var phase: Phase { current.load(ordering: .relaxed) }

  /// Monotonic nanoseconds.
  package static func now() -> UInt64 { load_now_nanoseconds() }

  /// A call has ended.
  ///
  /// - Parameter isRight: whether it brought the right answer.
  package func record(from sent: UInt64, to received: UInt64, isRight: Bool) {
    if !isRight { errors.add(1, ordering: .relaxed) }
    if phase == .measuring { unsafe load_histogram_record_shared(histogram, received - sent) }
  }

  /// Keeps the phases' times while callers call, waits until they have drained, and prints the RESULT
  /// line.
  package func run(drained: () async throws -> Void) async throws {
    var window = load_window()
    var parsed = unsafe options.parsed
    try await Task.sleep(for: options.warmUp)
    unsafe load_window_open(&window, &parsed)
    current.store(.measuring, ordering: .relaxed)
    try await Task.sleep(for: options.measured)
    unsafe load_window_close(&window, &parsed)
    current.store(.draining, ordering: .relaxed)
    try await drained()
    unsafe load_report(&parsed, &window, histogram, errors.load(ordering: .relaxed))
  }
}
