// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled with the same settings: what the compiler can check, it checks.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  // Exclusive access is proven by the compiler where it can be, and checked at run time in debug builds,
  // in which every test runs. In release builds the checks were a fifth of a call; see decision 0009.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The libraries that we did not write; `Shared/Docs/dependencies.md` says why each is here.
enum Library {
  static let argumentParser = product("ArgumentParser", "swift-argument-parser")
  static let asn1 = product("SwiftASN1", "swift-asn1")
  static let configuration = product("Configuration", "swift-configuration")
  static let coreMetrics = product("CoreMetrics", "swift-metrics")
  static let crypto = product("Crypto", "swift-crypto")
  static let grdb = product("GRDB", "GRDB.swift")
  static let hummingbird = product("Hummingbird", "hummingbird")
  static let httpTypes = product("HTTPTypes", "swift-http-types")
  static let logging = product("Logging", "swift-log")
  static let metrics = product("Metrics", "swift-metrics")
  static let nioCore = product("NIOCore", "swift-nio")
  static let nioPosix = product("NIOPosix", "swift-nio")
  static let nioSSL = product("NIOSSL", "swift-nio-ssl")
  static let nioTLS = product("NIOTLS", "swift-nio")
  static let serviceLifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
  static let subprocess = product("Subprocess", "swift-subprocess")
  static let system = product("SystemPackage", "swift-system")
  static let unixSignals = product("UnixSignals", "swift-service-lifecycle")
  static let x509 = product("X509", "swift-certificates")
  static let yams = product("Yams", "Yams")

  static func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
  }
}

func library(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path,
    exclude: documents[name] ?? [], swiftSettings: settings)
}

func executable(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func unitTests(_ target: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(target)Tests", dependencies: [.byName(name: target)] + dependencies,
    path: "Tests/Unit/\(target)Tests", swiftSettings: settings)
}

/// Documents and sources of other languages that live beside the code they speak of.
let documents: [String: [String]] = [
  "Wire": ["PROTOCOL.md"],
  "Contracts": ["proto", "Generator"],
]

let shared: [Target] = [
  .systemLibrary(
    name: "CProtobufC", path: "Shared/C/CProtobufC", pkgConfig: "libprotobuf-c",
    providers: [.apt(["libprotobuf-c-dev"])]),
  .systemLibrary(
    name: "CZstd", path: "Shared/C/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
  .systemLibrary(
    name: "CHyperscan", path: "Shared/C/CHyperscan", pkgConfig: "libhs",
    providers: [.apt(["libhyperscan-dev"])]),
  .systemLibrary(
    name: "CPCRE2", path: "Shared/C/CPCRE2", pkgConfig: "libpcre2-8",
    providers: [.apt(["libpcre2-dev"])]),
  .systemLibrary(name: "CMalloc", path: "Shared/C/CMalloc"),
  .target(name: "CSchema", dependencies: ["CProtobufC"], path: "Shared/C/CSchema"),
  .target(name: "COnnxRuntime", path: "Shared/C/COnnxRuntime"),
  .target(name: "COpenVINO", path: "Shared/C/COpenVINO"),
  .target(name: "CSandbox", path: "Shared/C/CSandbox"),

  library("Base", "Shared/Base", []),
  library("Wire", "Shared/Wire", ["Base", "CZstd"]),
  library("RPC", "Shared/RPC", ["Base", "Wire"]),
  library(
    "TransportTCP", "Shared/TransportTCP",
    [
      "Base", "Wire", "RPC", Library.asn1, Library.nioCore, Library.nioPosix, Library.nioSSL,
      Library.nioTLS, Library.x509,
    ]),
  library("TransportInProcess", "Shared/TransportInProcess", ["Base", "Wire", "RPC"]),
  library("Contracts", "Shared/Contracts", ["Base", "RPC", "CSchema", "CProtobufC"]),
  library("Trust", "Shared/Trust", ["Base", Library.crypto, Library.system]),
  library("Card", "Shared/Card", [Library.yams]),
  library("AuditLog", "Shared/AuditLog", ["Base", Library.crypto]),
  library("Storage", "Shared/Storage", ["Base", "AuditLog", Library.grdb]),
  library("SlipwayClient", "Shared/Client", ["Base", "Contracts", "RPC", "TransportTCP"]),
  library(
    "ServiceRuntime", "Shared/Runtime",
    [
      "Base", "CMalloc", "Contracts", "RPC", "Trust", "TransportTCP", Library.configuration,
      Library.coreMetrics,
      Library.hummingbird, Library.httpTypes, Library.logging, Library.metrics, Library.nioCore,
      Library.nioPosix, Library.serviceLifecycle, Library.unixSignals,
    ]),
]

/// What every service's core may lean on.
let core: [Target.Dependency] = ["Base", "RPC", "Contracts", "AuditLog", "Trust", "Storage"]
let coreLibraries = [Library.crypto, Library.grdb, Library.logging, Library.metrics]

let services: [Target] = [
  library("GatewayCore", "Services/Gateway/Core", core + coreLibraries + ["Wire"]),
  executable(
    "gateway", "Services/Gateway/Main", ["GatewayCore", "RPC", "ServiceRuntime", "Trust"]),

  library("InferenceWorkerCore", "Services/InferenceWorker/Core", core + coreLibraries + ["Card"]),
  library(
    "OnnxRuntimeEngine", "Services/InferenceWorker/Engines/OnnxRuntime",
    ["Base", "InferenceWorkerCore", "COnnxRuntime"]),
  library(
    "OpenVINOEngine", "Services/InferenceWorker/Engines/OpenVINO",
    ["InferenceWorkerCore", "COpenVINO"]),
  library("WorkerSandbox", "Services/InferenceWorker/Sandbox", ["CSandbox"]),
  executable(
    "inference-worker", "Services/InferenceWorker/Main",
    [
      "Base", "InferenceWorkerCore", "OnnxRuntimeEngine", "OpenVINOEngine", "RPC",
      "ServiceRuntime", "Trust", "WorkerSandbox",
    ]),

  library("RegistryCore", "Services/Registry/Core", core + coreLibraries + ["Card", Library.yams]),
  executable(
    "registry", "Services/Registry/Main",
    ["RegistryCore", "RPC", "ServiceRuntime", "Trust", Library.logging]),

  library("MonitorStatistics", "Services/Monitor/Statistics", []),
  library(
    "MonitorCore", "Services/Monitor/Core", core + coreLibraries + ["MonitorStatistics", "Wire"]),
  executable(
    "monitor", "Services/Monitor/Main",
    ["MonitorCore", "RPC", "ServiceRuntime", "Trust", Library.logging]),

  // What a policy says of content, without a service around it: benchmarks and the tool need no more.
  library("Matching", "Services/ContentGovernor/Matching", ["CHyperscan", "CPCRE2"]),
  library(
    "ContentPolicy", "Services/ContentGovernor/Policy", ["Matching", Library.crypto, Library.yams]),
  library(
    "ContentGovernorCore", "Services/ContentGovernor/Core",
    core + coreLibraries + ["ContentPolicy"]),
  executable(
    "content-governor", "Services/ContentGovernor/Main",
    ["ContentGovernorCore", "RPC", "ServiceRuntime", "Trust", Library.logging]),

  library(
    "SlipwaySupervisor", "Services/Slipway/Supervisor",
    ["Base", "Contracts", "RPC", "Trust", "Wire", Library.subprocess, Library.system]),
  library(
    "SlipwayTool", "Services/Slipway/Tool",
    [
      "AuditLog", "ContentPolicy", "Contracts", "RPC", "ServiceRuntime", "SlipwayClient",
      "SlipwaySupervisor", "TransportTCP", "Trust", Library.argumentParser, Library.asn1,
      Library.crypto,
      Library.subprocess, Library.system, Library.unixSignals, Library.x509, Library.yams,
    ]),
  executable("slipway", "Services/Slipway/Main", ["SlipwayTool"]),
]

/// What `scripts/bench` measures us with; no product, so that nobody ships it. It stands here and not in a
/// package of its own because it needs what has `package` access.
let benchmarks: [Target] = [
  .target(
    name: "CLoad", path: "Tests/Benchmarks/References/common", exclude: ["echo.proto"],
    linkerSettings: [.linkedLibrary("m")]),
  library("LoadLoop", "Tests/Benchmarks/LoadLoop", ["RPC", "Wire", "CLoad"]),
  executable(
    "rpc-echo", "Tests/Benchmarks/RPCEcho",
    [
      "Contracts", "LoadLoop", "RPC", "ServiceRuntime", "TransportTCP", "Trust",
      Library.coreMetrics, Library.nioPosix,
    ]),
  executable(
    "log-load", "Tests/Benchmarks/LogLoad",
    ["AuditLog", "ContentGovernorCore", "Storage", Library.grdb]),
  executable("policy-load", "Tests/Benchmarks/PolicyLoad", ["ContentPolicy"]),
  executable(
    "slipway-load", "Tests/Benchmarks/Load",
    ["Contracts", "LoadLoop", "RPC", "ServiceRuntime", "TransportTCP", Library.nioPosix]),
]

/// The suite's real processes, driven as people and clients drive them.
let integration: [Target] = [
  library(
    "IntegrationSuite", "Tests/Integration/Suite",
    [
      "Base", "Contracts", "RPC", "ServiceRuntime", "SlipwayClient", "TransportTCP",
      Library.crypto, Library.subprocess, Library.system,
    ]),
  executable("main-job", "Tests/Integration/MainJob", ["IntegrationSuite", Library.unixSignals]),
  .testTarget(
    name: "IntegrationTests",
    dependencies: [
      "Contracts", "IntegrationSuite", "RPC", "ServiceRuntime", "SlipwayClient", "Trust",
      Library.crypto,
    ],
    path: "Tests/Integration/IntegrationTests", swiftSettings: settings),
]

let tests: [Target] = [
  executable(
    "engine-door", "Tests/Engines/Door",
    ["InferenceWorkerCore", "OnnxRuntimeEngine", "OpenVINOEngine"]),
  executable(
    "simulate", "Tests/Simulation/Simulate",
    ["Base", "GatewayCore", "RPC", "RPCTestKit", "Trust", "Wire"]),
  .testTarget(
    name: "SimulationTests", dependencies: ["simulate"], path: "Tests/Simulation/SimulationTests",
    swiftSettings: settings),
  .testTarget(
    name: "FuzzCorpusTests", dependencies: ["Base", "RPC", "Wire", "Contracts"], path: "Tests/Fuzz",
    exclude: ["Entry", "README.md", "Shared", "corpus"], sources: ["Checks", "Replay"],
    swiftSettings: settings),
  .testTarget(
    name: "ArchitectureTests", path: "Tests/Unit/ArchitectureTests", swiftSettings: settings),
  .target(
    name: "RPCTestKit", dependencies: ["Base", "Wire", "RPC", "TransportInProcess"],
    path: "Tests/Support/RPCTestKit", swiftSettings: settings),
  .target(
    name: "TLSTestKit", dependencies: ["TransportTCP", Library.asn1, Library.crypto, Library.x509],
    path: "Tests/Support/TLSTestKit", swiftSettings: settings),
  .target(name: "CAllocationCounter", path: "Tests/Support/CAllocationCounter"),
  .target(name: "CEscapes", path: "Tests/Support/CEscapes"),
  unitTests("Wire", ["RPCTestKit"]),
  unitTests("RPC", ["Base", "Contracts", "RPCTestKit", "TransportInProcess", "Trust", "Wire"]),
  unitTests(
    "TransportTCP",
    [
      "Base", "RPC", "RPCTestKit", "TLSTestKit", "TransportInProcess", "Wire", Library.nioCore,
      Library.nioPosix, Library.nioSSL, Library.nioTLS,
    ]),
  unitTests("Base"),
  unitTests("Contracts", ["RPC"]),
  unitTests(
    "GatewayCore",
    [
      "Base", "Contracts", "RPC", "RPCTestKit", "AuditLog", "Trust", "TransportInProcess",
      "Storage", "Wire", Library.grdb, Library.logging,
    ]),
  unitTests(
    "InferenceWorkerCore", ["Base", "Card", "Contracts", "RPC", "Trust", Library.logging]),
  unitTests("Card"),
  unitTests("OnnxRuntimeEngine", ["Base", "Card", "InferenceWorkerCore"]),
  unitTests("OpenVINOEngine", ["InferenceWorkerCore", "OnnxRuntimeEngine"]),
  unitTests("WorkerSandbox"),
  unitTests("AuditLog"),
  unitTests("Matching"),
  unitTests("ContentPolicy", ["Matching"]),
  unitTests(
    "ContentGovernorCore",
    [
      "ContentPolicy", "AuditLog", "Base", "Contracts", "RPC", "RPCTestKit", "Storage",
      "TransportInProcess", "Trust", Library.grdb,
    ]),
  unitTests("MonitorStatistics"),
  unitTests("MonitorCore", ["AuditLog", "Base", "Contracts", "MonitorStatistics", "RPC", "Wire"]),
  unitTests("Storage", ["AuditLog", Library.grdb]),
  unitTests("Trust", [Library.crypto]),
  unitTests(
    "RegistryCore", ["Base", "Contracts", "RPC", "Trust", "Storage", "AuditLog", Library.grdb]),
  unitTests(
    "ServiceRuntime",
    [
      "Base", "RPC", "RPCTestKit", "TLSTestKit", "TransportTCP", "Trust", Library.serviceLifecycle,
    ]),
  unitTests("SlipwaySupervisor", ["Base", "Contracts", "RPC", "Trust"]),
  unitTests(
    "SlipwayClient", ["Contracts", "RPC", "RPCTestKit", "TransportTCP"]),
  unitTests(
    "SlipwayTool",
    ["AuditLog", "Contracts", "RPC", "SlipwayClient", "SlipwaySupervisor", "Trust"]),
]

let package = Package(
  name: "slipway",
  products: [
    .library(name: "SlipwayClient", targets: ["SlipwayClient"]),
    .executable(name: "gateway", targets: ["gateway"]),
    .executable(name: "inference-worker", targets: ["inference-worker"]),
    .executable(name: "registry", targets: ["registry"]),
    .executable(name: "monitor", targets: ["monitor"]),
    .executable(name: "content-governor", targets: ["content-governor"]),
    .executable(name: "slipway", targets: ["slipway"]),
    .executable(name: "main-job", targets: ["main-job"]),
    // Preloaded by a test into the process that it counts; a library only so that it is built.
    .library(name: "allocation-counter", type: .dynamic, targets: ["CAllocationCounter"]),
    .library(name: "escapes", type: .dynamic, targets: ["CEscapes"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: shared + services + benchmarks + integration + tests,
  cLanguageStandard: .c11
)
