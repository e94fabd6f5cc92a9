import Foundation
import RPC
import Testing

@testable import GatewayCore

@Suite struct AccessLogTests {
  private static func record(requestID: String = "r1", worker: String = "w1") -> AccessRecord {
    AccessRecord(
      startedAtNanoseconds: 1_700_000_000_000_000_001, requestID: requestID, keyID: "k1",
      method: "inference.GRPCInferenceService/ModelInfer", model: "magika", version: 2,
      worker: worker, status: .resourceExhausted, attempts: 1, durationNanoseconds: 5,
      upstreamNanoseconds: 4, requestBytes: 3, responseBytes: 2)
  }

  @Test("a call is one line of JSON with every field that it has")
  func line() throws {
    let log = AccessLog()
    log.append(Self.record())
    let text = String(decoding: log.takeLines(), as: UTF8.self)
    #expect(
      text == """
        {"time_unix_nanoseconds":1700000000000000001,"request_id":"r1","key_id":"k1",\
        "method":"inference.GRPCInferenceService/ModelInfer","model":"magika","version":2,\
        "worker":"w1","status":"resource_exhausted","attempts":1,"duration_nanoseconds":5,\
        "upstream_nanoseconds":4,"request_bytes":3,"response_bytes":2}

        """)
    #expect(log.takeLines().isEmpty)
  }

  @Test(
    "no text can break out of its line",
    arguments: [
      "a\"b", "a\\b", "a\nb", "a\u{0}b", "\u{1f}\u{7f}", "ü\u{2028}🎈", "\",\"status\":\"ok",
    ])
  func escapes(hostile: String) throws {
    let log = AccessLog()
    log.append(Self.record(requestID: hostile))
    let lines = log.takeLines()
    #expect(lines.count { $0 == UInt8(ascii: "\n") } == 1)
    let object = try JSONSerialization.jsonObject(with: Data(lines)) as? [String: Any]
    #expect(object?["request_id"] as? String == hostile)
    #expect(object?["status"] as? String == "resource_exhausted")
  }

  @Test("what does not fit is dropped and counted")
  func bounded() {
    let log = AccessLog(capacity: 3)
    for _ in 0..<5 { log.append(Self.record()) }
    #expect(log.droppedCount == 2)
    #expect(log.takeLines().count { $0 == UInt8(ascii: "\n") } == 3)
    log.append(Self.record())
    #expect(log.droppedCount == 2)
  }
}
