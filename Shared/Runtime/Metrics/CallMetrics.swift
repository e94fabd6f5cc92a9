internal import CoreMetrics
package import Base
package import RPC

/// Counts and times every call: OpenTelemetry's `rpc.server.call.duration`, and the bytes each way.
package final class CallMetrics: CallObserver {
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

  package func finished(
    _ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant
  ) {
    var index = 0
    while index < calls.count {
      // Most turns end calls of one method and one status: what belongs to it is looked up once, and its
      // bytes are added up.
      let first = calls[index]
      let metrics = self.methods[first.method]
      let duration = metrics.duration[Int(first.status.rawValue)]
      var requestByteCount = 0
      var responseByteCount = 0
      while index < calls.count {
        let call = calls[index]
        guard call.method == first.method, call.status == first.status else { break }
        duration.recordNanoseconds(Int64(clamping: now.nanoseconds(since: call.startedAt)))
        requestByteCount += call.requestByteCount
        responseByteCount += call.responseByteCount
        index += 1
      }
      metrics.requestBytes.increment(by: Int64(requestByteCount))
      metrics.responseBytes.increment(by: Int64(responseByteCount))
    }
  }
}
