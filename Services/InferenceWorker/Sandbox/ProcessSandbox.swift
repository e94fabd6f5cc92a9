internal import CSandbox
import Glibc

/// Gives up, for good, what this process does not need: see `Shared/Docs/threat-model.md`.
///
/// In the order of a worker's life: `limitMemory`, `confineServing` while there is one thread, and
/// `sealServing` once the model is loaded. A probe does all of it at once, with `confineProbe`.
package struct ProcessSandbox: Sendable {
  /// Compiling the largest network that a machine serves takes a tenth of it.
  package static let processorSecondsMax: UInt64 = 900

  /// What the dynamic linker, the C library and engines read of any system.
  private static let systemFiles =
    ["/usr", "/lib", "/lib64", "/proc/self", "/sys/devices", "/sys/bus/pci", "/sys/fs/cgroup"]
    + ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm", "/proc/sys/kernel"]
    + ["/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero"]
  /// What looking up a name reads.
  private static let resolverFiles =
    ["/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"]
    + ["/etc/services", "/etc/protocols"]

  /// The limit on private memory; what goes over it fails as if memory had ended.
  package static func limitMemory(_ bytes: UInt64) throws(SandboxError) {
    try FileRights.checked(
      sandbox_limit(SandboxResourceData, bytes), "limit its memory to \(bytes) bytes")
    // A core file would be a new file with the model's weights in it.
    try FileRights.checked(sandbox_limit(SandboxResourceCore, 0), "go without core files")
  }

  /// Leaves this process nothing but reading those files, computing, and writing to what is open.
  /// - Parameters:
  ///   - readable: files and folders beside those of the system.
  ///   - processorSecondsMax: of all threads together; the kernel ends the process after it.
  package static func confineProbe(
    readable: [String], memoryBytesMax: UInt64,
    processorSecondsMax: UInt64 = Self.processorSecondsMax
  ) throws(SandboxError) {
    try limitMemory(memoryBytesMax)
    try FileRights.checked(
      sandbox_limit(SandboxResourceProcessorSeconds, processorSecondsMax),
      "limit its processor time")
    if FileRights.isAvailable {
      try FileRights(
        readable: systemFiles + readable, writable: [], allowsNetwork: false
      ).enforce()
    }
    try filter(.probe(process: getpid()))
  }

  /// Leaves this process the files that a worker needs, before it fetches and loads. Nothing happens on a
  /// kernel without landlock.
  /// - Parameter writable: the model cache.
  package static func confineServing(
    readable: [String], writable: [String], memoryBytesMax: UInt64
  ) throws(SandboxError) {
    try limitMemory(memoryBytesMax)
    guard FileRights.isAvailable else { return }
    try FileRights(
      readable: systemFiles + resolverFiles + readable, writable: writable, allowsNetwork: true
    ).enforce()
  }

  /// Ends what only loading needed: from now on no file is made or written, no process begun.
  package static func sealServing() throws(SandboxError) {
    try filter(.serving(process: getpid(), opensFiles: FileRights.isAvailable))
  }

  private static func filter(_ policy: SystemCallPolicy) throws(SandboxError) {
    let program = FilterProgram(
      policy, architecture: SandboxArchitecture, refusal: EPERM, number: number)
    let instructions = program.instructions.map {
      SandboxInstruction(
        code: $0.code, jumpTrue: $0.jumpTrue, jumpFalse: $0.jumpFalse, value: $0.value)
    }
    try FileRights.checked(sandbox_give_up_privileges(), "give up new privileges")
    try FileRights.checked(
      unsafe sandbox_filter(instructions, UInt16(instructions.count)), "filter its system calls")
  }

  /// Nil where this machine has no call of that name.
  static func number(_ name: String) -> Int32? {
    let number = unsafe sandbox_system_call(name)
    return number >= 0 ? number : nil
  }
}
