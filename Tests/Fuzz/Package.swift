// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because libFuzzer needs a main and flags that the product must not carry.
// It compiles the parsers from the repository's sources (`Shared` is a link to them), so `package`
// declarations are within reach and nothing else has to be fetched or built.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path,
    exclude: ["Wire": ["PROTOCOL.md"], "Contracts": ["proto", "Generator"]][name] ?? [],
    swiftSettings: settings)
}

let package = Package(
  name: "slipway-fuzz",
  targets: [
    .systemLibrary(name: "CProtobufC", path: "Shared/C/CProtobufC", pkgConfig: "libprotobuf-c"),
    .systemLibrary(name: "CZstd", path: "Shared/C/CZstd", pkgConfig: "libzstd"),
    .target(name: "CSchema", dependencies: ["CProtobufC"], path: "Shared/C/CSchema"),
    library("Base", "Shared/Base", []),
    library("Wire", "Shared/Wire", ["Base", "CZstd"]),
    library("RPC", "Shared/RPC", ["Base", "Wire"]),
    library("Contracts", "Shared/Contracts", ["Base", "RPC", "Wire", "CSchema", "CProtobufC"]),
    library("FuzzChecks", "Checks", ["Base", "RPC", "Wire", "Contracts"]),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzChecks"], path: "Entry",
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]),
  ],
  cLanguageStandard: .c11
)
