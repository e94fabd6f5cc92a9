import Glibc
import Testing

@testable import WorkerSandbox

@Suite struct FilterProgramTests {
  private static let process: Int32 = 4321
  private static let architecture: UInt32 = 0xc000_003e

  /// A call and its arguments, and whether each life of a process allows it.
  struct Call: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [UInt64] = []
    var probe: Bool
    var serving: Bool

    init(_ name: String, _ arguments: UInt64..., probe: Bool, serving: Bool) {
      self.name = name
      self.arguments = arguments
      self.probe = probe
      self.serving = serving
    }

    var testDescription: String { "\(name)\(arguments)" }
  }

  static let calls = [
    Call("read", 0, 0, 0, probe: true, serving: true),
    Call("futex", probe: true, serving: true),
    Call("exit_group", probe: true, serving: true),
    // O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY|O_CREAT, O_RDONLY|O_TRUNC, O_RDONLY|O_CLOEXEC, O_TMPFILE.
    Call("openat", 0, 0, 0, probe: true, serving: true),
    Call("openat", 0, 0, 1, probe: false, serving: false),
    Call("openat", 0, 0, 2, probe: false, serving: false),
    Call("openat", 0, 0, 0o100, probe: false, serving: false),
    Call("openat", 0, 0, 0o1000, probe: false, serving: false),
    Call("openat", 0, 0, 0o2_000_000, probe: true, serving: true),
    Call("openat", 0, 0, 0o20_200_000, probe: false, serving: false),
    // A thread; a process; a thread in a name space of its own.
    Call("clone", 0x003d_0f00, probe: true, serving: true),
    Call("clone", 17, probe: false, serving: false),
    Call("clone", 0x103d_0f00, probe: false, serving: false),
    Call("clone3", 0, probe: false, serving: false),
    Call("execve", probe: false, serving: false),
    Call("execveat", probe: false, serving: false),
    // TCP over IPv4, UDP over IPv6, a path, packets by hand.
    Call("socket", 2, 0x80801, 0, probe: false, serving: true),
    Call("socket", 10, 2, 0, probe: false, serving: true),
    Call("socket", 1, 1, 0, probe: false, serving: false),
    Call("socket", 17, 3, 0, probe: false, serving: false),
    Call("connect", probe: false, serving: true),
    Call("kill", 4321, 15, probe: true, serving: true),
    Call("kill", 1, 9, probe: false, serving: false),
    Call("tgkill", 4321, 5, 6, probe: true, serving: true),
    Call("tgkill", 1, 1, 9, probe: false, serving: false),
    // To look at a limit; to set one, with a pointer whose lower half is 0 too.
    Call("prlimit64", 0, 7, 0, probe: true, serving: true),
    Call("prlimit64", 0, 7, 0x7fff_0000_1000, probe: false, serving: false),
    Call("prlimit64", 0, 7, 0x7fff_0000_0000, probe: false, serving: false),
    // PR_SET_NAME, PR_SET_DUMPABLE, PR_SET_SECCOMP.
    Call("prctl", 15, probe: true, serving: true),
    Call("prctl", 4, probe: false, serving: false),
    Call("prctl", 22, probe: false, serving: false),
    // TIOCSTI, which types into a terminal.
    Call("ioctl", 0, 0x5412, probe: false, serving: false),
    Call("ioctl", 0, 0x541b, probe: true, serving: true),
    Call("ioctl", 0, 0x1_0000_541b, probe: true, serving: true),
  ]

  @Test(arguments: calls) func `what a policy allows, its program allows, and nothing else`(
    call: Call
  ) throws {
    let number = try #require(ProcessSandbox.number(call.name))
    let expectations = [
      (SystemCallPolicy.probe(process: Self.process), call.probe),
      (.serving(process: Self.process, opensFiles: true), call.serving),
    ]
    for (policy, isAllowed) in expectations {
      let verdict = try Self.program(policy).verdict(
        number: number, architecture: Self.architecture, call.arguments)
      #expect(
        (verdict == FilterProgram.Verdict.allow) == isAllowed, "\(String(verdict, radix: 16))")
    }
  }

  @Test func `without rules for files a serving worker opens none`() throws {
    let program = Self.program(.serving(process: Self.process, opensFiles: false))
    let number = try #require(ProcessSandbox.number("openat"))
    let verdict = try program.verdict(
      number: number, architecture: Self.architecture, [0, 0, 0])
    #expect(verdict == FilterProgram.Verdict.fail(EPERM))
  }

  @Test func `a thread is made by the older call, whose flags can be seen`() throws {
    let number = try #require(ProcessSandbox.number("clone3"))
    let verdict = try Self.program(.probe(process: 1)).verdict(
      number: number, architecture: Self.architecture, [])
    #expect(verdict == FilterProgram.Verdict.fail(ENOSYS))
  }

  @Test func `calls of another architecture end the process`() throws {
    let verdict = try Self.program(.probe(process: 1)).verdict(
      number: 0, architecture: 0x4000_0003, [])
    #expect(verdict == FilterProgram.Verdict.killProcess)
  }

  @Test(arguments: [-1, 333, 425, 1000, 0x4000_0000, 0x4000_0001] as [Int32])
  func `a call that nobody named fails`(number: Int32) throws {
    let verdict = try Self.program(.serving(process: 1, opensFiles: true)).verdict(
      number: number, architecture: Self.architecture, [])
    #expect(verdict == FilterProgram.Verdict.fail(EPERM))
  }

  @Test func `every rule names a call of this machine or of the other one`() {
    // Those that aarch64 does not have; here on x86-64 all are there.
    let unknown = SystemCallPolicy.serving(process: 1, opensFiles: true).rules
      .map(\.name).filter { ProcessSandbox.number($0) == nil }
    #if arch(x86_64)
      #expect(unknown.isEmpty)
    #else
      #expect(unknown.count < 20)
    #endif
  }

  private static func program(_ policy: SystemCallPolicy) -> FilterProgram {
    FilterProgram(
      policy, architecture: architecture, refusal: EPERM, number: ProcessSandbox.number)
  }
}
