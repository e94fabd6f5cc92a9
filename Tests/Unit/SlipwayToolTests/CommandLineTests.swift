import Contracts
import RPC
import Testing

@testable import SlipwayTool

@Suite("Command line")
struct CommandLineTests {
  @Test("exits with the documented status", arguments: StatusCode.allCases)
  func status(code: StatusCode) async {
    let expected: [StatusCode: Int32] = [
      .ok: 1, .unauthenticated: 3, .permissionDenied: 3, .failedPrecondition: 3, .notFound: 4,
      .invalidArgument: 2, .outOfRange: 2, .unavailable: 5, .deadlineExceeded: 5,
      .resourceExhausted: 5, .cancelled: 5,
    ]
    let gateway = FakeGateway()
    gateway.on(Registry.API.getModel) { _ throws(RPCError) in throw RPCError(code, "no `m` here") }
    let run = await Run(["model", "show", "m"], on: gateway)
    if code != .ok { #expect(run.status == expected[code] ?? 1) }
    #expect(run.complaint.hasPrefix("slipway: no `m` here\n"))
    #expect(run.output.isEmpty)
  }

  @Test(
    "what is not understood ends with 2 and says how it is spelled",
    arguments: [
      ["nonsense"], ["model", "push"], ["deploy", "m"], ["deploy", "m", "--version", "x"],
      ["deploy", "m", "--version", "1=101"], ["deploy", "m", "--version", "1=50"],
      ["deploy", "m", "--version", "1", "--nothing"], ["key", "expire", "id", "--in", "7 days"],
      ["up", "--port-base", "80"], ["infer", "m", "--input", "x"],
      ["key", "create", "a", "--role", "developer"],
      ["certs", "init", "/nonexistent/certs", "--host", "bad host"],
      // Options that the command would ignore.
      ["up", "--gateway", "h:1"], ["up", "--key", Run.key], ["up", "--json"],
      ["up", "--timeout", "5s"], ["down", "--gateway", "h:1"], ["down", "--key", Run.key],
      ["certs", "init", "/nonexistent/certs", "--gateway", "h:1"],
      ["certs", "init", "/nonexistent/certs", "--state", "s"],
      ["identity", "show", "a", "--key", Run.key], ["identity", "create", "a", "--state", "s"],
      ["trust", "list", "--gateway", "h:1"], ["rollback", "m", "--timeout", "5s"],
      ["deploy", "m", "--version", "1", "--timeout", "5s"],
      ["canary", "m", "2", "--timeout", "5s"], ["promote", "m", "2", "--timeout", "5s"],
      ["workers", "scale", "m", "--replicas", "2", "--timeout", "5s"],
    ])
  func usage(arguments: [String]) async {
    let run = await Run(arguments)
    #expect(run.status == 2)
    #expect(!run.complaint.isEmpty)
    #expect(run.output.isEmpty)
  }

  @Test(
    "a value that can't be read is answered with the form that is expected",
    arguments: [
      (
        ["key", "create", "a", "--role", "admin", "--requests-per-second", "-3"],
        "'-3' is invalid for '--requests-per-second <number>': expected a whole number"
      ),
      (
        ["key", "create", "a", "--role", "admin", "--expires-in", "banana"],
        "'banana' is invalid for '--expires-in <time>': expected a whole number from 1 on with `s`"
      ),
      (["down", "--timeout", "0s"], "such as 90s or 7d"),
      (["down", "--timeout", "-5s"], "such as 90s or 7d"),
      (["deploy", "m", "--version", "1=200"], "a weight from 0 to 100, such as 2 or 2=10"),
      (["deploy", "m", "--version", "1", "--replicas", "many"], "expected a whole number"),
      (["workers", "scale", "m"], "expected how many workers"),
      (["workers", "scale", "m", "2", "--replicas", "2"], "expected how many workers"),
      (["workers", "scale", "m", "2", "--max", "4"], "expected how many workers"),
      (["workers", "scale", "m", "2", "--min", "1"], "together with --max"),
      (["workers", "scale", "m", "--min", "3", "--max", "2"], "not below `--min`"),
      (["up", "--memory", "12"], "such as 512M or 8G"),
      (["up", "--cores", "0"], "expected `--cores` from 1 on"),
      (["certs", "init", "x", "--host", "bad host"], "expected an IP address or a DNS name"),
      (["key", "create", "a", "--role", "developer"], "expected --model NAME"),
      (["rollback", "m", "--timeout", "5s"], "together with --wait"),
      (["up", "--timeout", "5s"], "together with --detach"),
    ])
  func forms(arguments: [String], form: String) async {
    let run = await Run(arguments)
    #expect(run.status == 2)
    #expect(run.complaint.contains(form), "\(run.complaint)")
  }

  @Test("the release is told by a command and by a flag, which other commands have for a version")
  func release() async {
    let command = await Run(["version"])
    let flag = await Run(["--version"])
    #expect(flag.status == 0 && flag.output == command.output)
    #expect(command.output.wholeMatch(of: /RELEASE\n[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
  }

  @Test(
    "defaults are shown in the unit that people think in",
    arguments: [
      (["certs", "init"], "365d"), (["deploy"], "2m"), (["approve"], "365d"), (["infer"], "30s"),
    ])
  func defaults(command: [String], text: String) async {
    let run = await Run(["help"] + command)
    #expect(run.output.contains("(default: \(text))"), "\(run.output)")
  }

  @Test(
    "help and completions are results, not complaints",
    arguments: [
      ["--help"], ["help", "deploy"], ["--generate-completion-script", "bash"],
    ])
  func help(arguments: [String]) async {
    let run = await Run(arguments)
    #expect(run.status == 0)
    #expect(run.output.contains("slipway"))
    #expect(run.complaint.isEmpty)
  }

  @Test("the gateway and the key come from options before the environment")
  func precedence() async throws {
    let gateway = FakeGateway()
    gateway.on(Gateway.API.listKeys) { _ in Gateway.ListKeysResponse() }
    _ = await Run(["key", "list"], on: gateway)
    _ = await Run(["key", "list", "--gateway", "g:2", "--key", Run.otherKey], on: gateway)
    #expect(gateway.connections == ["h:1 \(Run.key)", "g:2 \(Run.otherKey)"])
  }

  @Test("a mistyped key is told before anybody is called")
  func mistypedKey() async {
    let gateway = FakeGateway()
    for key in [String(Run.key.dropLast()) + "x", "secret", Run.key + " "] {
      let run = await Run(["key", "list", "--key", key], on: gateway)
      #expect(run.status == 2)
      #expect(run.complaint.contains("this is not an API key (mistyped?)"))
      #expect(!run.complaint.contains(String(repeating: "1", count: 43)), "the secret is shown")
    }
    #expect(gateway.connections.isEmpty)
  }

  @Test("without a suite it says how to start one")
  func noSuite() async {
    let run = await Run(
      ["status", "--state", "/nonexistent/state"], environment: ["SLIPWAY_GATEWAY": ""])
    #expect(run.status == 5)
    #expect(run.complaint.contains("slipway up"))
  }

  @Test("a list is tabs when piped, aligned on a terminal, JSON when asked")
  func shapes() async {
    let gateway = FakeGateway()
    gateway.on(Registry.API.listLeases) { _ in
      Registry.ListLeasesResponse(leases: [
        Registry.Lease(
          workerID: "m-v1-abc123", model: "m", version: 1, endpoint: "127.0.0.1:4000",
          state: "serving", queueDepth: 2, inFlight: 1, processID: 77, host: "here",
          queueWait: 1_500_000, busyPerMille: 250, memoryBytes: 61_000_000)
      ])
    }
    let piped = await Run(["workers", "list"], on: gateway)
    #expect(
      piped.output == """
        WORKER\tMODEL\tVERSION\tSTATE\tENDPOINT\tQUEUED\tIN FLIGHT\tWAIT\tBUSY\tMEMORY\tPROCESS\tHOST
        m-v1-abc123\tm\t1\tserving\t127.0.0.1:4000\t2\t1\t1.5 ms\t25 %\t61.0 MB\t77\there

        """)
    let shown = await Run(["workers", "list"], on: gateway, isTerminal: true)
    #expect(
      shown.output == """
        \u{1b}[1mWORKER       MODEL  VERSION  STATE    ENDPOINT        QUEUED  IN FLIGHT  WAIT    BUSY  MEMORY   PROCESS  HOST\u{1b}[0m
        m-v1-abc123  m      1        serving  127.0.0.1:4000  2       1          1.5 ms  25 %  61.0 MB  77       here

        """)
    let json = await Run(["workers", "list", "--json"], on: gateway)
    #expect(
      json.output == """
        [
          {
            "busyPerMille" : 250,
            "endpoint" : "127.0.0.1:4000",
            "host" : "here",
            "id" : "m-v1-abc123",
            "inFlight" : 1,
            "memoryBytes" : 61000000,
            "model" : "m",
            "processID" : 77,
            "queueDepth" : 2,
            "queueWaitNanoseconds" : 1500000,
            "state" : "serving",
            "version" : 1
          }
        ]

        """)
  }

  @Test("what a peer says can't steer the terminal or add a column")
  func controlCharacters() {
    let table = Table(columns: ["A", "B"], rows: [["x\u{1b}[2J\ty\n", ""]])
    #expect(table.text(isTerminal: false) == "A\tB\nx [2J y \t-\n")
  }

  @Test(
    "spells sizes and times", arguments: [(999, "999 B"), (1000, "1.0 kB"), (3_149_000, "3.1 MB")])
  func sizes(count: UInt64, text: String) {
    #expect(Spelling.size(count) == text)
  }
}
