internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import RPC

/// Waits for the TLS handshake, then puts the connection's handler in its own place.
final class SecuredHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let attach: (TransportSecurity) throws -> Void

  init(_ attach: @escaping (TransportSecurity) throws -> Void) {
    self.attach = attach
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    do {
      let certificate = try context.pipeline.syncOperations
        .handler(type: NIOSSLServerHandler.self).peerCertificate
      try attach(.tls(peerRole: certificate.flatMap(CertificateRole.of)))
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
