import Glibc

/// The system calls that a process may make; every other one fails with EPERM.
///
/// A list of what is allowed, because Linux gains calls: what an engine needs was read from traces of
/// ONNX Runtime 1.28 and OpenVINO 2026.4 that load, compile and run, and from what the runtime calls.
package struct SystemCallPolicy: Sendable {
  /// Those that are called most come first: the filter is read from its beginning.
  package let rules: [SystemCallRule]

  /// For a process that looks at a model which nobody vouches for: computes, reads files, writes to what
  /// is open. No network, no new files, no processes.
  package static func probe(process: Int32) -> SystemCallPolicy {
    SystemCallPolicy(rules: computing(process: process) + opening)
  }

  /// For a worker whose model is loaded: as a probe's, and TCP.
  /// - Parameter opensFiles: whether it may open files for reading: only where landlock says which.
  package static func serving(process: Int32, opensFiles: Bool) -> SystemCallPolicy {
    SystemCallPolicy(
      rules: network + computing(process: process) + (opensFiles ? opening : []))
  }

  private static let network =
    SystemCallRule.allow(
      """
      epoll_wait epoll_pwait recvfrom sendto recvmsg sendmsg accept4 accept connect bind listen
      recvmmsg sendmmsg shutdown getsockname getpeername getsockopt setsockopt splice signalfd4
      """) + [
      // AF_NETLINK asks the kernel for the machine's addresses, which looking up a name does.
      .allow(
        "socket",
        where: .argument(0, isOneOf: UInt32(AF_INET), UInt32(AF_INET6), UInt32(AF_NETLINK)),
        // No packets by hand: SOCK_STREAM and SOCK_DGRAM, and for AF_NETLINK SOCK_RAW.
        .argument(1, isOneOf: 1, 2, 0x80801, 0x80802, 0x80001, 0x80002, 0x801, 0x802, 0x80003))
    ]

  private static func computing(process: Int32) -> [SystemCallRule] {
    let own = UInt32(bitPattern: process)
    return SystemCallRule.allow(
      """
      futex read write epoll_wait epoll_pwait madvise mmap munmap mprotect mremap brk
      readv writev pread64 preadv close lseek fstat newfstatat stat lstat statx statfs fstatfs
      access faccessat faccessat2 readlink readlinkat getdents64 getcwd mincore membarrier
      set_robust_list get_robust_list rseq set_tid_address rt_sigaction rt_sigprocmask rt_sigreturn
      rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack restart_syscall arch_prctl
      sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
      sched_setscheduler sched_getattr sched_get_priority_max sched_get_priority_min getpriority
      setpriority getcpu get_mempolicy capget clock_gettime clock_getres clock_nanosleep nanosleep
      gettimeofday time times alarm getrusage getrlimit getpid gettid getppid getpgid getpgrp getsid
      getuid geteuid getgid getegid getresuid getresgid uname sysinfo getrandom exit exit_group poll
      ppoll select pselect6 epoll_create1 epoll_ctl eventfd2 pipe pipe2 timerfd_create timerfd_settime
      timerfd_gettime dup dup2 dup3 fcntl
      """) + [
        // A new thread is no new process; glibc falls back to clone, whose flags a filter can see.
        .answer("clone3", ENOSYS),
        .allow("clone", where: .argument(0, masked: threadFlags | nameSpaceFlags, is: threadFlags)),
        .allow("tgkill", where: .argument(0, isOneOf: own)),
        .allow("kill", where: .argument(0, isOneOf: own)),
        // Its own limits, and only to look.
        .allow(
          "prlimit64", where: .argument(0, isOneOf: 0, own), .argument(2, isOneOf: 0),
          .upperHalf(of: 2, is: 0)),
        // Names of threads and of memory; whether it may be dumped.
        .allow("prctl", where: .argument(0, isOneOf: 15, 16, 0x5356_4d41, 3, 39)),
        // What a terminal or a pipe holds, whether it waits, whether it stays open.
        .allow(
          "ioctl", where: .argument(1, isOneOf: 0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451)),
      ]
  }

  /// Opening for reading only: nothing is made, cut or written.
  private static let opening: [SystemCallRule] = [
    .allow("openat", where: .argument(2, masked: writeFlags, is: 0)),
    .allow("open", where: .argument(1, masked: writeFlags, is: 0)),
  ]

  private static let writeFlags =
    UInt32(O_ACCMODE) | UInt32(O_CREAT) | UInt32(O_TRUNC) | UInt32(O_APPEND) | 0x40_0000
  /// CLONE_VM, CLONE_SIGHAND and CLONE_THREAD.
  private static let threadFlags: UInt32 = 0x100 | 0x800 | 0x1_0000
  /// CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET.
  private static let nameSpaceFlags: UInt32 = 0x7e02_0000
}
