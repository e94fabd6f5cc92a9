internal import Foundation

/// How many files, connections among them, this process may have open.
///
/// Sessions and units start with a soft limit of 1024 for the sake of programs that use `select`. A server
/// that keeps it can't take the connections that it promises, and at the limit it can't open its own
/// files either.
enum OpenFiles {
  /// All connections that a server takes, as many to others, and its files.
  private static let wanted: rlim_t = 40_000
  /// Kept for what is no client's connection: stores, logs, other services.
  private static let reserved = 512

  /// Raises the soft limit as far as the hard one allows.
  ///
  /// - Returns: how many connections leave room for everything else.
  static func raiseLimit() -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    // Both calls read or write the one structure that lives here, and keep no pointer to it.
    guard unsafe getrlimit(resource, &limit) == 0 else { return reserved }
    var raised = limit
    raised.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, wanted))
    if unsafe setrlimit(resource, &raised) != 0 { raised = limit }
    let count = Int(clamping: raised.rlim_cur)
    return max(count - reserved, count / 2)
  }
}
