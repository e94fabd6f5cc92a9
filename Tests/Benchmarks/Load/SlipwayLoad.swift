internal import Contracts
internal import Foundation
internal import LoadLoop
internal import RPC
internal import ServiceRuntime
internal import TransportTCP

/// `slipway-load …`, by the contract of Tests/Benchmarks/README.md: inferences through the gateway.
@main
enum SlipwayLoad {
  private static let ownFlags = ["--endpoint", "--key-file", "--model", "--sample"]

  static func main() async throws {
    var own: [String: String] = [:]
    var shared: [String] = []
    var rest = CommandLine.arguments.dropFirst()[...]
    while let flag = rest.popFirst() {
      let value = rest.popFirst() ?? ""
      if ownFlags.contains(flag) { own[flag] = value } else { shared += [flag, value] }
    }
    guard let endpoint = own["--endpoint"], let keyFile = own["--key-file"],
      let sampleFile = own["--sample"]
    else { refuse(ownFlags.joined(separator: ", ")) }
    let model = own["--model"] ?? "mlp"
    let options = LoadOptions(arguments: ["--payload", model] + shared)
    guard let meter = LoadMeter(options) else { refuse("memory for a histogram") }

    let key = try String(contentsOfFile: keyFile, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let link = EventLoopLinks(threads: 1).next()
    var connections: [ClientConnection] = []
    for _ in 0..<options.connections {
      connections.append(
        try await TCPClient.connect(
          to: endpoint, on: link, authenticator: KeyAuthenticator(apiKey: key, trust: nil)))
    }
    let call = inference(model: model, sample: try LoadSample(file: sampleFile))
    try await CallbackLoad.run(call, on: connections, inflight: options.inflight, meter: meter)
  }

  private static func inference(
    model: String, sample: LoadSample
  ) -> LoadCall {
    let request = sample.request(model: model)
    var options = CallOptions(timeout: .seconds(30))
    options.metadata.traceparent = TraceParent()
    options.metadata.model = Array(model.utf8)
    let expected = sample.expected
    return LoadCall(Inference.API.modelInfer, request, options: options) { response in
      if let raw = response.rawOutputContents.first { return LoadSample.isClose(raw, to: expected) }
      let values = response.outputs.first?.contents?.fp32Contents ?? []
      return LoadSample.isClose(LoadSample.bytes(values.map(\.bitPattern)), to: expected)
    }
  }

  private static func refuse(_ expected: String) -> Never {
    FileHandle.standardError.write(Data("expected \(expected)\n".utf8))
    exit(2)
  }
}
