internal import CoreMetrics
package import RPC
internal import Base

/// Counts and times every call: OpenTelemetry's `rpc.server.call.duration`, and the bytes each way.
package final class CallMetrics: ServerInterceptor {
  private struct MethodMetrics: Sendable {
    let duration: [CoreMetrics.Timer]
    let requestBytes: Counter
    let responseBytes: Counter
  }

  private let methods: [MethodMetrics]

  package init(_ descriptors: [MethodDescriptor]) {
    MetricHelp.set(
      "Time from a call's arrival to its end.", for: "rpc_server_call_duration_seconds")
    MetricHelp.set("Body bytes of requests.", for: "slipway_rpc_request_bytes_total")
    MetricHelp.set("Body bytes of responses.", for: "slipway_rpc_response_bytes_total")
    methods = descriptors.map { descriptor in
      let method = ("rpc_method", descriptor.name)
      return MethodMetrics(
        duration: StatusCode.allCases.map { code in
          CoreMetrics.Timer(
            label: "rpc_server_call_duration_seconds",
            dimensions: [
              ("rpc_system_name", "slipway"), method, ("rpc_response_status_code", "\(code)"),
            ])
        },
        requestBytes: Counter(label: "slipway_rpc_request_bytes_total", dimensions: [method]),
        responseBytes: Counter(label: "slipway_rpc_response_bytes_total", dimensions: [method]))
    }
  }

  package func finished(_ call: FinishedCall) {
    let metrics = methods[call.methodIndex]
    metrics.duration[Int(call.status.rawValue)].recordNanoseconds(
      Int64(clamping: call.finishedAt.nanoseconds(since: call.startedAt)))
    metrics.requestBytes.increment(by: Int64(call.requestByteCount))
    metrics.responseBytes.increment(by: Int64(call.responseByteCount))
  }
}
