internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import RPC

/// Waits for the TLS handshake, then puts the connection's handler in its own place. A peer that does
/// not finish it in time is closed.
final class SecuredHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  /// The error that TLS ended with, if it said one, and the peer's certificate as far as it is known.
  typealias Failed = (_ error: (any Error)?, _ certificate: NIOSSLCertificate?) -> Void

  private let timeout: TimeAmount
  private let attach: (_ peerRole: String?) throws -> Void
  private let failed: Failed
  private var timer: Scheduled<Void>?
  private var isSecured = false

  /// - Parameters:
  ///   - attach: adds the connection's handler.
  ///   - failed: called at most once, if the channel closes before TLS is done.
  init(
    timeout: TimeAmount, attach: @escaping (_ peerRole: String?) throws -> Void,
    failed: @escaping Failed = { _, _ in }
  ) {
    self.timeout = timeout
    self.attach = attach
    self.failed = failed
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
      channel.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    do {
      isSecured = true
      try attach(peerRole(context))
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !isSecured { failed(nil, nil) }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isSecured {
      isSecured = true
      failed(error, peerCertificate(context))
    }
    context.close(promise: nil)
  }

  /// The role in the peer's certificate, which TLS has verified.
  private func peerRole(_ context: ChannelHandlerContext) -> String? {
    peerCertificate(context).flatMap(CertificateRole.of)
  }

  private func peerCertificate(_ context: ChannelHandlerContext) -> NIOSSLCertificate? {
    let operations = context.pipeline.syncOperations
    return (try? operations.handler(type: NIOSSLServerHandler.self))?.peerCertificate
      ?? (try? operations.handler(type: NIOSSLClientHandler.self))?.peerCertificate
  }
}
