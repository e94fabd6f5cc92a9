/// Who may import whom: the one table (DESIGN.md, *The house*) that every `import` line is held
/// against. SwiftPM does not enforce it.
///
/// A file belongs to the row with the longest path that it lies under, and imports what that row
/// names and nothing else. A row is changed here, in a commit that says why.
enum ImportTable {
  static let rows: [Room] = [
    // Shared, lowest first.
    Room("Base", at: "Shared/Base", []),
    Room("Wire", at: "Shared/Wire", ["Base"] + sync),
    Room("Wire", at: "Shared/Wire/Compression", ["Base", "CZstd"] + sync),
    Room("RPC", at: "Shared/RPC", ["Base", "Wire"] + sync),
    Room(
      "TransportInProcess", at: "Shared/TransportInProcess",
      ["Base", "Wire", "RPC", "Dispatch"] + sync),
    Room("TransportTCP", at: "Shared/TransportTCP", ["Base", "Wire", "RPC"] + nio + standard),
    Room("Contracts", at: "Shared/Contracts", ["Base", "RPC"] + standard),
    Room("Contracts", at: "Shared/Contracts/Bridge", ["Base", "RPC"] + schema + standard),
    Room("Contracts", at: "Shared/Contracts/Generated", ["Base", "RPC"] + schema),
    Room("Card", at: "Shared/Card", ["Yams"]),
    Room("Trust", at: "Shared/Trust", ["Base", "Crypto", "SystemPackage", "Glibc"] + standard),
    Room("AuditLog", at: "Shared/AuditLog", ["Base", "Crypto"] + standard),
    Room("Storage", at: "Shared/Storage", ["Base", "AuditLog", "GRDB"] + standard),
    // What an application imports connects by itself.
    Room(
      "SlipwayClient", at: "Shared/Client",
      ["Base", "Contracts", "RPC", "TransportTCP"] + standard),
    // The runtime shares its event loops between the transport and Hummingbird.
    Room(
      "ServiceRuntime", at: "Shared/Runtime",
      ["Base", "Contracts", "RPC", "Trust", "TransportTCP", "TransportInProcess", "Configuration"]
        + ["CoreMetrics", "Crypto", "HTTPTypes", "Hummingbird", "Logging", "Metrics"]
        + ["ServiceLifecycle", "UnixSignals"] + standard),
    // Hummingbird speaks in NIO's buffers and channels.
    Room(
      "ServiceRuntime", at: "Shared/Runtime/Process",
      ["Base", "RPC", "Trust", "TransportTCP", "Configuration", "HTTPTypes", "Hummingbird"]
        + ["Logging", "Metrics", "NIOCore", "ServiceLifecycle", "UnixSignals"] + standard),

    // What the allocator keeps is a setting of the process.
    Room(
      "ServiceRuntime", at: "Shared/Runtime/Memory", ["CMalloc"]),

    // A core never sees another core, a C module or NIO; an engine is the room of one C library;
    // a main joins the parts.
    Room("GatewayCore", at: "Services/Gateway/Core", core),
    // Passes frames on as they are.
    Room("GatewayCore", at: "Services/Gateway/Core/Forwarding", core + ["Wire"]),
    Room("gateway", at: "Services/Gateway/Main", ["GatewayCore"] + main),
    Room("InferenceWorkerCore", at: "Services/InferenceWorker/Core", core + ["Card"]),
    Room(
      "OnnxRuntimeEngine", at: "Services/InferenceWorker/Engines/OnnxRuntime",
      ["Base", "InferenceWorkerCore", "COnnxRuntime", "Glibc"] + standard),
    Room(
      "OpenVINOEngine", at: "Services/InferenceWorker/Engines/OpenVINO",
      ["InferenceWorkerCore", "COpenVINO", "Glibc"] + standard),
    // Gives up the process's rights, which the kernel offers in C only.
    Room(
      "WorkerSandbox", at: "Services/InferenceWorker/Sandbox", ["CSandbox", "Glibc"] + standard),
    Room(
      "inference-worker", at: "Services/InferenceWorker/Main",
      ["Base", "InferenceWorkerCore", "OnnxRuntimeEngine", "OpenVINOEngine", "WorkerSandbox"]
        + ["Foundation"] + main),
    Room("RegistryCore", at: "Services/Registry/Core", core + ["Card", "Yams"]),
    Room("registry", at: "Services/Registry/Main", ["RegistryCore"] + main),
    // Of no service: numbers in, numbers out.
    Room("MonitorStatistics", at: "Services/Monitor/Statistics", standard),
    Room("MonitorCore", at: "Services/Monitor/Core", core + ["MonitorStatistics"]),
    // Reads bodies as they were sent.
    Room(
      "MonitorCore", at: "Services/Monitor/Core/Records", core + ["MonitorStatistics", "Wire"]),
    Room("monitor", at: "Services/Monitor/Main", ["MonitorCore"] + main),
    // The one room that sees Hyperscan and PCRE2; a policy is judged without a service around it.
    Room(
      "Matching", at: "Services/ContentGovernor/Matching",
      ["CHyperscan", "CPCRE2", "Synchronization"]),
    Room(
      "ContentPolicy", at: "Services/ContentGovernor/Policy",
      ["Matching", "Crypto", "Yams", "Synchronization"]),
    Room("ContentGovernorCore", at: "Services/ContentGovernor/Core", core + ["ContentPolicy"]),
    Room(
      "content-governor", at: "Services/ContentGovernor/Main",
      ["ContentGovernorCore", "Foundation"] + main),
    Room(
      "SlipwaySupervisor", at: "Services/Slipway/Supervisor",
      ["Base", "Contracts", "RPC", "Trust", "Wire", "Subprocess", "SystemPackage", "Glibc"]
        + standard),
    Room(
      "SlipwayTool", at: "Services/Slipway/Tool",
      ["AuditLog", "Contracts", "RPC", "SlipwayClient", "SlipwaySupervisor", "ServiceRuntime"]
        // A bundle is tested and previewed where it is written.
        + ["ContentPolicy"]
        + [
          "TransportTCP", "Trust", "ArgumentParser", "Crypto", "Subprocess", "SwiftASN1",
          "SystemPackage",
        ]
        + ["UnixSignals", "X509", "Yams", "Glibc"] + standard),
    Room("slipway", at: "Services/Slipway/Main", ["SlipwayTool", "Foundation"]),

    // Tests of real binaries speak to them as a client does: no core is linked in.
    Room("IntegrationSuite", at: "Tests/Integration/Suite", binaries),
    Room(
      "main-job", at: "Tests/Integration/MainJob", ["IntegrationSuite", "UnixSignals"] + standard),
    Room(
      "IntegrationTests", at: "Tests/Integration/IntegrationTests",
      binaries + ["IntegrationSuite", "Testing"]),
    Room(
      "RPCTestKit", at: "Tests/Support/RPCTestKit",
      ["Base", "Wire", "RPC", "TransportInProcess"] + standard),
    Room(
      "TLSTestKit", at: "Tests/Support/TLSTestKit",
      ["TransportTCP", "Crypto", "SwiftASN1", "X509"] + standard),
    Room(
      "simulate", at: "Tests/Simulation/Simulate",
      ["Base", "GatewayCore", "RPC", "RPCTestKit", "Trust", "Wire", "Glibc"] + standard),
    Room("SimulationTests", at: "Tests/Simulation/SimulationTests", ["Testing"] + standard),
    Room("FuzzChecks", at: "Tests/Fuzz", ["Base", "RPC", "Wire", "Contracts"]),
    Room("fuzz", at: "Tests/Fuzz/Entry", ["FuzzChecks", "Foundation"]),
    Room("FuzzCorpusTests", at: "Tests/Fuzz/Replay", ["Foundation", "Testing"]),
    Room(
      "engine-door", at: "Tests/Engines/Door",
      ["InferenceWorkerCore", "OnnxRuntimeEngine", "OpenVINOEngine", "Foundation"]),
    Room("rpc-echo", at: "Tests/Benchmarks/RPCEcho", measured + ["Trust", "CoreMetrics"]),
    // The log itself, in the process of the meter.
    Room(
      "log-load", at: "Tests/Benchmarks/LogLoad",
      ["AuditLog", "ContentGovernorCore", "Storage", "GRDB"] + standard),
    Room("policy-load", at: "Tests/Benchmarks/PolicyLoad", ["ContentPolicy"] + standard),
    Room("slipway-load", at: "Tests/Benchmarks/Load", measured),
    Room("LoadLoop", at: "Tests/Benchmarks/LoadLoop", ["RPC", "Wire", "CLoad"] + standard),
  ]

  /// What the unit tests of a target import beyond what the target itself may import, the target,
  /// and `unitTests`.
  static let unitTestExtras: [String: [String]] = [
    "Architecture": [],
    "OnnxRuntimeEngine": ["Card"],
    // What both engines can load, both must answer alike.
    "OpenVINOEngine": ["OnnxRuntimeEngine"],
    "RPC": ["Contracts", "Trust"],
    "ServiceRuntime": ["TLSTestKit"],
    "Storage": ["Glibc"],
    "TransportTCP": ["TLSTestKit"],
  ]

  /// Folders and files that the table does not rule, each with its reason.
  static let unruled: [String: String] = [
    "Tests/Benchmarks/References": "other people's stacks, measured beside ours",
    "Tests/Fuzz/Package.swift": "a manifest",
    "Tests/Benchmarks/Package.swift": "a manifest",
  ]

  static let cModules: Set = [
    "CHyperscan", "CLoad", "CMalloc", "COnnxRuntime", "COpenVINO", "CPCRE2", "CProtobufC", "CSandbox",
    "CSchema", "CZstd", "Glibc",
  ]

  private static let sync = ["Synchronization"]
  private static let standard = ["Dispatch", "Foundation", "FoundationEssentials"] + sync
  private static let nio = ["NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "SwiftASN1", "X509"]
  private static let schema = ["CProtobufC", "CSchema"]
  private static let core =
    ["Base", "RPC", "Contracts", "AuditLog", "Trust", "Storage", "Crypto", "GRDB", "Logging"]
    + ["Metrics"] + standard
  private static let main = ["Logging", "RPC", "ServiceRuntime", "Trust"]
  private static let measured =
    ["Contracts", "LoadLoop", "NIOPosix", "RPC", "ServiceRuntime", "TransportTCP"] + standard
  private static let binaries =
    ["Base", "Contracts", "Crypto", "RPC", "ServiceRuntime", "SlipwayClient", "Subprocess"]
    + ["SystemPackage", "TransportTCP", "Trust", "Wire"] + standard
  private static let unitTests = ["RPCTestKit", "Testing", "TransportInProcess"] + standard

  /// The row that rules a file, `nil` if there is none.
  static func room(of file: String) -> Room? {
    if let target = unitTestTarget(of: file) { return unitTestRoom(of: target) }
    return rows.filter { file.hasPrefix($0.path + "/") }.max { $0.path.count < $1.path.count }
  }

  /// `Wire` for `Tests/Unit/WireTests/…`.
  private static func unitTestTarget(of file: String) -> String? {
    let parts = file.split(separator: "/")
    guard parts.count > 3, parts.starts(with: ["Tests", "Unit"]), parts[2].hasSuffix("Tests")
    else { return nil }
    return String(parts[2].dropLast("Tests".count))
  }

  private static func unitTestRoom(of target: String) -> Room? {
    let own = rows.filter { $0.target == target }
    let extras = unitTestExtras[target]
    guard !own.isEmpty || extras != nil else { return nil }
    return Room(
      target + "Tests", at: "Tests/Unit/\(target)Tests",
      own.flatMap(\.imports) + unitTests + [target] + (extras ?? []))
  }
}
