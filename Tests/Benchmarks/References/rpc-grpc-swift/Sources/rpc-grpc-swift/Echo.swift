import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2
import GRPCProtobuf
import NIOPosix
import SwiftProtobuf

/// Bit for bit the `EchoMessage` of echo.proto (`bytes` as field 1), which spares a generated file.
typealias EchoMessage = Google_Protobuf_BytesValue

/// Streams that a client may have open on one connection: above the most that is in flight.
let concurrentStreamsMax = 1024

let echoCall = MethodDescriptor(
  service: ServiceDescriptor(fullyQualifiedService: "slipway.bench.Echo"), method: "Call")

struct EchoService: RegistrableRPCService {
  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: echoCall,
      deserializer: ProtobufDeserializer<EchoMessage>(),
      serializer: ProtobufSerializer<EchoMessage>()
    ) {
      (request: StreamingServerRequest<EchoMessage>, _: ServerContext)
        -> StreamingServerResponse<EchoMessage> in
      let call = try await ServerRequest(stream: request)
      return StreamingServerResponse(single: ServerResponse(message: call.message))
    }
  }
}

/// Serves until the process is ended; prints `READY <port>` once it listens.
func serve(port: Int) async throws {
  let transport = HTTP2ServerTransport.Posix(
    address: .ipv4(host: "127.0.0.1", port: port),
    transportSecurity: .plaintext,
    config: .defaults { $0.http2.maxConcurrentStreams = concurrentStreamsMax },
    eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
  let server = GRPCServer(transport: transport, services: [EchoService()])
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.serve() }
    if let listening = try await transport.listeningAddress.ipv4 {
      // Standard output is a pipe, so it must be flushed by hand.
      print("READY \(listening.port)")
      fflush(nil)
    }
    try await group.waitForAll()
  }
}
