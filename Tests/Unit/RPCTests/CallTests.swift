import Base
import RPC
import RPCTestKit
import Testing
import TransportInProcess

@Suite struct CallTests {
  typealias API = TestService.API

  @Test(arguments: [0, 1, 7, 64, 1000] as [UInt64])
  func `calls are answered however the bytes are cut`(seed: UInt64) async throws {
    let rig = Rig(cuts: seed == 0 ? .none : ByteCuts(seed: seed, countMax: Int(seed)))
    for number in 0..<20 {
      #expect(try await rig.call(API.echo, Blob("call \(number)")).text == "call \(number)")
      #expect(try await rig.call(API.inline, Blob("call \(number)")).text == "call \(number)")
    }
    #expect(try await rig.call(API.echo, Blob([])).bytes == [])
    let numbers = try await rig.messages(API.count, Blob("30")).map(\.text)
    #expect(numbers == (0..<30).map { "\($0)" })
    #expect(try await rig.messages(API.count, Blob("0")).isEmpty)
  }

  @Test func `many calls at once each get their own answer`() async throws {
    let rig = Rig(cuts: ByteCuts(seed: 5, countMax: 100))
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask { (try? await rig.call(API.echo, Blob("\(number)")))?.text == "\(number)" }
      }
      for await isRight in group { #expect(isRight) }
    }
    #expect(await rig.client.callsInFlight == 0)
  }

  @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
  func `an error arrives with its code, text, advice and reference`(code: StatusCode) async {
    let error = await Rig().failure(API.fail, Blob([code.rawValue]))
    #expect(
      error
        == RPCError(
          code, "the test asked for it", retryAfter: .milliseconds(1500), reference: "r-1"))
  }

  @Test func `a message that can't be read costs its call only`() async throws {
    let rig = Rig()
    #expect(await rig.failure(API.echo, Blob([0xFF]))?.code == .invalidArgument)
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a method that the server lacks is unimplemented without a frame`() async throws {
    let rig = Rig()
    #expect(await rig.failure(API.missing)?.code == .unimplemented)
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `what routing needs travels in the head`() async throws {
    let rig = Rig()
    var options = CallOptions(timeout: nil)
    options.metadata.model = Array("digits".utf8)
    options.metadata.version = Array("7".utf8)
    options.metadata.requestID = Array("r-9".utf8)
    let trace = TraceParent()
    options.metadata.traceparent = trace
    options.metadata.priority = 3
    #expect(
      try await rig.call(API.who, options: options).text == "ada|-|digits|7|r-9|\(trace)|3")
  }

  @Test(arguments: ["model", "version", "routingKey", "requestID"])
  func `metadata over its limit is refused before it is sent`(field: String) async throws {
    let rig = Rig()
    var options = CallOptions(timeout: nil)
    let long = [UInt8](repeating: 97, count: 70_000)
    switch field {
    case "model": options.metadata.model = long
    case "version": options.metadata.version = long
    case "routingKey": options.metadata.routingKey = long
    default: options.metadata.requestID = long
    }
    #expect(await rig.failure(API.echo, options: options)?.code == .invalidArgument)
    #expect(try await rig.call(API.echo).text == "x")
  }

  // MARK: Deadlines

  @Test func `a caller whose time is over gets its error at that moment`() async throws {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait, options: CallOptions(timeout: .seconds(3))) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.loop.advance(by: .milliseconds(2999))
    #expect(await rig.client.callsInFlight == 1)
    await rig.loop.advance(by: .milliseconds(1))
    #expect(await call.value?.code == .deadlineExceeded)
    #expect(await rig.service.events.next() == "cancelled")
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `the server ends a call whose time is over, whatever its caller does`() async {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    // A client that says three seconds in the head, and then waits for ever.
    await rig.link.write(
      RawFrames.call(
        API.wait, of: rig.service, stream: 77, timeoutNanoseconds: 3_000_000_000))
    #expect(await rig.service.events.next() == "waiting")
    await rig.loop.advance(by: .milliseconds(2999))
    await rig.settle()
    #expect(rig.service.finished.summary == [])
    await rig.loop.advance(by: .milliseconds(1))
    #expect(await rig.service.events.next() == "cancelled")
    await rig.settle()
    #expect(rig.service.finished.summary == ["Wait deadlineExceeded"])
  }

  @Test(arguments: [UInt64.max, 1 << 63, (1 << 63) - 1] as [UInt64])
  func `a deadline that never comes is none`(nanoseconds: UInt64) async throws {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    await rig.link.write(
      RawFrames.call(API.gate, of: rig.service, stream: 77, timeoutNanoseconds: nanoseconds))
    #expect(await rig.service.events.next() == "at the gate")
    rig.service.gate.send("go")
    await rig.settle()
    #expect(try await rig.call(API.echo).text == "x")
    #expect(rig.service.finished.summary == ["Gate ok", "Echo ok"])
  }

  @Test func `the earliest deadline goes first, and a call without one stays`() async throws {
    let rig = Rig()
    let forever = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    let slow = Task { await rig.failure(API.wait, options: CallOptions(timeout: .seconds(9))) }
    #expect(await rig.service.events.next() == "waiting")
    let fast = Task { await rig.failure(API.wait, options: CallOptions(timeout: .seconds(2))) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.loop.advance(by: .seconds(2))
    #expect(await fast.value?.code == .deadlineExceeded)
    #expect(await rig.client.callsInFlight == 2)
    await rig.loop.advance(by: .seconds(7))
    #expect(await slow.value?.code == .deadlineExceeded)
    #expect(await rig.client.callsInFlight == 1)
    forever.cancel()
    #expect(await forever.value?.code == .cancelled)
  }

  // MARK: Cancelling

  @Test func `a caller that cancels ends its handler's task`() async throws {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    call.cancel()
    #expect(await call.value?.code == .cancelled)
    #expect(await rig.service.events.next() == "cancelled")
    await rig.settle()
    #expect(rig.service.finished.summary == ["Wait cancelled"])
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a stream that nobody reads any more is cancelled`() async throws {
    let rig = Rig()
    do {
      let stream = try await rig.client.stream(
        API.flood, Blob("x"), options: CallOptions(timeout: nil))
      for try await _ in stream { break }
    }
    #expect(await rig.service.events.next() == "flood began")
    #expect(await rig.service.events.next() == "flood ended with cancelled")
  }

  @Test func `cancelled handlers count until they return`() async throws {
    var limits = ServerLimits()
    limits.callsPerConnectionMax = 3
    let rig = Rig(limits: limits)
    for _ in 0..<3 {
      let call = Task { await rig.failure(API.stubborn) }
      #expect(await rig.service.events.next() == "began")
      call.cancel()
      #expect(await call.value?.code == .cancelled)
    }
    await rig.settle()
    #expect(await rig.failure(API.echo)?.code == .resourceExhausted)
    rig.service.stubborn.releaseAll()
    for _ in 0..<3 { #expect(await rig.service.events.next() == "ended") }
    await rig.settle()
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `more calls than a connection may have are refused, the others go on`() async throws {
    var limits = ServerLimits()
    limits.callsPerConnectionMax = 2
    let rig = Rig(limits: limits)
    let first = Task { try await rig.call(API.gate, Blob("1")) }
    #expect(await rig.service.events.next() == "at the gate")
    let second = Task { try await rig.call(API.gate, Blob("2")) }
    #expect(await rig.service.events.next() == "at the gate")
    let refusal = await rig.failure(API.echo)
    #expect(refusal?.code == .resourceExhausted && refusal?.retryAfter != nil)
    rig.service.gate.send("go")
    rig.service.gate.send("go")
    #expect(try await first.value.text == "1")
    #expect(try await second.value.text == "2")
    #expect(try await rig.call(API.echo).text == "x")
  }
}
