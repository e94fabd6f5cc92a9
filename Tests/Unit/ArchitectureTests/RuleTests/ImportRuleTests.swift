import Testing

@Suite struct ImportRuleTests {
  @Test(arguments: [
    ("import Wire", [], "Wire"),
    ("  package import NIOCore", ["package"], "NIOCore"),
    ("public import struct Foundation.Date", ["public"], "Foundation"),
    ("import enum `Base`.Kind", [], "Base"),
    ("@testable import Trust", ["@testable"], "Trust"),
    ("@_spi(Internals) @preconcurrency import X", ["@_spi(Internals)", "@preconcurrency"], "X"),
    ("@testable\nimport Trust", ["@testable"], "Trust"),
    ("let a = 1; internal import CZstd", ["internal"], "CZstd"),
    ("#if canImport(Glibc)\nimport Glibc\n#endif", [], "Glibc"),
    ("/* import A */ import B // import C", [], "B"),
  ])
  func `an import is read in any spelling`(source: String, modifiers: [String], module: String) {
    #expect(ImportLine.all(in: source) == [ImportLine(modifiers: modifiers, module: module)])
  }

  @Test(arguments: [
    "// import NIOCore", "/* /* */ import NIOCore */",
    "let text = \"\"\"\n  import NIOCore\n  \"\"\"",
    "let text = #\"\n import \"#", "important()", "let a = \"\\\"\" // \"\n",
    "#if canImport(NIOCore)",
  ])
  func `what is no import is not taken for one`(source: String) {
    #expect(ImportLine.all(in: source).isEmpty)
  }

  @Test(arguments: [
    ("import GatewayCore", "Services/Registry/Core/Models.swift"),
    ("import NIOCore", "Services/Gateway/Core/Routing.swift"),
    ("import CZstd", "Shared/Wire/Frame.swift"),
    ("internal import CSchema", "Shared/Contracts/Values.swift"),
    ("import Synchronization", "Shared/Base/Clock.swift"),
    ("import struct RPC.Router", "Shared/Wire/Frame.swift"),
    ("import RegistryCore", "Tests/Integration/PushTests.swift"),
    ("import XCTest", "Tests/Unit/WireTests/FrameTests.swift"),
    ("import Hummingbird", "Tests/Unit/WireTests/FrameTests.swift"),
    ("import Base", "Shared/Common/Everything.swift"),
    ("import Base", "Tests/Unit/CommonTests/EverythingTests.swift"),
    ("package import CZstd", "Shared/Wire/Compression/Compressor.swift"),
    ("@_exported import Base", "Shared/Wire/Frame.swift"),
    ("@testable import Base", "Shared/Wire/Frame.swift"),
  ])
  func `a forbidden import is found`(source: String, file: String) {
    #expect(ImportRule.findings(in: source, of: file).count == 1)
  }

  @Test(arguments: [
    ("package import Base", "Shared/Wire/Frame.swift"),
    ("internal import CZstd", "Shared/Wire/Compression/Compressor.swift"),
    ("internal import NIOCore", "Shared/TransportTCP/Handler.swift"),
    ("@testable import Wire", "Tests/Unit/WireTests/FrameTests.swift"),
    ("import CZstd", "Tests/Unit/WireTests/FrameTests.swift"),
    ("import GRPCCore", "Tests/Benchmarks/References/x/main.swift"),
  ])
  func `an allowed import passes`(source: String, file: String) {
    #expect(ImportRule.findings(in: source, of: file) == [])
  }

  @Test func `the table keeps cores apart`() {
    let cores = ImportTable.rows.filter { $0.target.hasSuffix("Core") }
    let forbidden = Set(cores.map(\.target)).union(ImportTable.cModules)
    for core in cores {
      #expect(core.imports.isDisjoint(with: forbidden), "in the row of \(core.target)")
      #expect(!core.imports.contains { $0.hasPrefix("NIO") }, "in the row of \(core.target)")
    }
    #expect(Set(cores.map(\.target)).count == 5)
  }

  @Test(arguments: [
    ("CZstd", ["Shared/Wire/Compression"]),
    ("CMalloc", ["Shared/Runtime/Memory"]),
    ("CSchema", ["Shared/Contracts/Bridge", "Shared/Contracts/Generated"]),
    ("CProtobufC", ["Shared/Contracts/Bridge", "Shared/Contracts/Generated"]),
    ("COnnxRuntime", ["Services/InferenceWorker/Engines/OnnxRuntime"]),
    ("NIOCore", ["Shared/TransportTCP", "Shared/Runtime/Process"]),
    ("NIOSSL", ["Shared/TransportTCP"]),
    ("Hummingbird", ["Shared/Runtime", "Shared/Runtime/Process"]),
    ("GRDBSQLite", []),
  ])
  func `the table opens a foreign module to its room only`(module: String, rooms: [String]) {
    let found = ImportTable.rows.filter { $0.imports.contains(module) }.map(\.path)
    #expect(found == rooms)
  }
}
