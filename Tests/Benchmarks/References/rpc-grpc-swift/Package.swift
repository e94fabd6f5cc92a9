// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: grpc-swift brings BoringSSL and takes over ten minutes to build, so only
/// `--with grpc-swift` does.
let package = Package(
  name: "rpc-grpc-swift",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.31.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .target(name: "CLoad", exclude: ["echo.proto"], linkerSettings: [.linkedLibrary("m")]),
    .executableTarget(
      name: "rpc-grpc-swift",
      dependencies: [
        "CLoad",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
  ]
)
