internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import TransportTCP

/// The small HTTP port of every service: `/metrics`, `/health/live`, `/health/ready`.
struct OperationsServer: Service {
  let listen: HostPort
  let metrics: PrometheusFactory
  let logger: Logger
  let fault: @Sendable () async -> String?
  /// Called before the metrics are read.
  var sample: @Sendable () -> Void = {}

  func run() async throws {
    let router = Hummingbird.Router()
    router.get("health/live") { _, _ in Self.reply(.ok, "alive\n") }
    router.get("health/ready") { [fault] _, _ in
      guard let fault = await fault() else { return Self.reply(.ok, "ready\n") }
      return Self.reply(.serviceUnavailable, "not ready: \(fault)\n")
    }
    router.get("metrics") { [metrics, sample] _, _ in
      sample()
      return Self.reply(.ok, metrics.text(), type: PrometheusText.contentType)
    }
    var quiet = logger
    quiet.logLevel = .warning
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(listen.host, port: listen.port), serverName: "slipway"),
      onServerRunning: { [listen, logger] channel in
        logger.info(
          "metrics and health",
          metadata: ["address": "\(listen.host):\(channel.localAddress?.port ?? 0)"])
      },
      logger: quiet)
    do {
      try await application.run()
    } catch let error as IOError {
      throw ListenFailure.explain(error, host: listen.host, port: listen.port)
    }
  }

  private static func reply(
    _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
