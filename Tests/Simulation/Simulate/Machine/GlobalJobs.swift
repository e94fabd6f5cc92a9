import Glibc

/// Takes the jobs that the runtime gives to its pool of threads: what is bound to no loop.
///
/// The runtime asks a hook of its own before it uses the pool; it is set once, before any task is there.
enum GlobalJobs {
  private typealias Original = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

  /// Who takes the jobs now. Read and set by the one thread that there is.
  nonisolated(unsafe) static var simulator: Simulator?

  /// - Returns: `false` if the runtime has no such hook.
  static func capture() -> Bool {
    guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "swift_task_enqueueGlobal_hook") else {
      return false
    }
    // The runtime declares the symbol as a variable of this type, which lives as long as the process.
    let hook = unsafe symbol.assumingMemoryBound(to: Optional<Hook>.self)
    unsafe hook.pointee = { job, _ in
      guard let simulator = unsafe GlobalJobs.simulator else {
        preconditionFailure("a task began outside of a run")
      }
      simulator.enqueue(job)
    }
    return true
  }
}
