import Base
import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess

@testable import GatewayCore

/// How long a call lives on its way through the gateway, and how often it is sent.
@Suite(.timeLimit(.minutes(5))) struct CallLifetimeTests {
  private func house(workers: Int = 1) throws -> ForwardingHouse {
    try ForwardingHouse(keys: [try .of("ada")], workers: workers)
  }

  // MARK: What is passed on

  @Test("the worker learns a pseudonym of who calls, and not the client's own routing key")
  func sharingKey() async throws {
    let house = try ForwardingHouse(keys: [try .of("ada"), try .of("eve")])
    var options = house.options
    options.metadata.routingKey = Array("visitor 7".utf8)
    for name in ["ada", "ada", "eve"] {
      _ = try await house.client(name).client.call(
        Inference.API.modelInfer,
        Inference.ModelInferRequest(modelName: ForwardingHouse.model), options: options)
    }
    let keys = house.services.seen.map(\.routingKey)
    #expect(keys.map(\.count) == [8, 8, 8])
    #expect(keys[0] == keys[1] && keys[1] != keys[2])
  }

  // MARK: Deadlines

  @Test(
    "the worker gets what is left of the caller's time, but for a reserve",
    arguments: [
      (.milliseconds(20), .milliseconds(19)), (.milliseconds(200), .milliseconds(190)),
      (.seconds(1), .milliseconds(990)), (.seconds(60), .milliseconds(59_990)),
      (.nanoseconds(2), .nanoseconds(1)),
    ] as [(Duration, Duration)])
  func reserve(given: Duration, passedOn: Duration) async throws {
    let house = try house()
    _ = try await house.infer(house.client("ada"))
    _ = try await house.infer(house.client("ada"), timeout: given)
    let seen = try #require(house.services.seen.last)
    #expect(seen.nanoseconds == UInt64(passedOn.wholeNanoseconds))
    #expect(house.services.seen.first?.nanoseconds == 0, "no deadline stays none")
  }

  @Test("a hop always keeps something, and passes on nothing where nothing is left")
  func reserveBounds() {
    for left in [0, 1, 2, 19, 20, 1_000_000, 200_000_000, .max] as [UInt64] {
      let passedOn = DeadlineReserve.passedOn(of: left)
      #expect(left == 0 ? passedOn == 0 : passedOn < left, "\(left)")
      #expect(left - passedOn <= max(1, left / 20) && left - passedOn <= 10_000_000, "\(left)")
    }
  }

  @Test("a call whose time is over before there is a connection never reaches the worker")
  func expiredBeforeSending() async throws {
    let house = try house()
    let client = house.client("ada")
    // The registry is away for longer than the caller waits.
    house.services.away("registry:1")
    let call = RegistryCall(house, client, timeout: .seconds(2)).setDeployment()
    while house.services.dials == 0 { await house.settle() }
    await house.loop.advance(by: .seconds(2))
    #expect(await house.value(of: call) != nil)
    house.services.away("registry:1", false)
    // It comes back for another one.
    let next = RegistryCall(house, client, timeout: nil).getModel()
    #expect(await house.value(of: next) == nil)
    #expect(house.services.seen.map { $0.method.hasSuffix("GetModel") } == [true])
  }

  @Test("the gateway says that the time is over before its caller has to find out")
  func answersBeforeTheCaller() async throws {
    let house = try house()
    house.services.play { _, _ in .hang }
    let client = house.client("ada")
    let call = Task { await house.failure(client, timeout: .seconds(1)) }
    #expect(await house.services.events.next() == "hangs")
    await house.loop.advance(by: .milliseconds(995))
    await house.settle()
    #expect(await client.client.callsInFlight == 0)
    #expect(await call.value?.code == .deadlineExceeded)
    #expect(await house.services.events.next() == "cancelled")
  }

  // MARK: Cancelling

  @Test("a cancelled call is cancelled at the worker, and frees all that it had")
  func cancelFreesEverything() async throws {
    let house = try house()
    house.services.play { _, _ in .hang }
    let client = house.client("ada")
    let calls = (0..<20).map { _ in Task { await house.failure(client) } }
    for _ in calls { #expect(await house.services.events.next() == "hangs") }
    let table = house.routes.table
    let slot = try #require(table.liveWorkers.first).slot
    #expect(house.routes.loads.outstanding(slot) == 20)
    for call in calls { call.cancel() }
    for call in calls { #expect(await call.value?.code == .cancelled) }
    for _ in calls { #expect(await house.services.events.next() == "cancelled") }
    await house.settle()
    #expect(house.routes.loads.outstanding(slot) == 0)
    let upstream = try #require(house.services.links(to: "127.0.0.1:1").first)
    #expect(await upstream.client.callsInFlight == 0)
    #expect(house.held == .none)
    // The connection goes on, with all of its credit: what is sent now is answered.
    house.services.play { _, _ in .answer }
    #expect(await house.outcome(client) == nil)
    #expect(house.services.links(to: "127.0.0.1:1").count == 1)
  }

  @Test("a caller who is gone has his calls cancelled at the worker")
  func lossFreesEverything() async throws {
    let house = try house()
    house.services.play { _, _ in .hang }
    let client = house.client("ada")
    let call = Task { await house.failure(client) }
    #expect(await house.services.events.next() == "hangs")
    await client.lose()
    #expect(await house.services.events.next() == "cancelled")
    _ = await call.value
  }

  // MARK: Sending again

  @Test(
    "a worker that flaps gets no more than 1.1 times the calls, and what was saved at the start")
  func amplification() async throws {
    let house = try house(workers: 2)
    // Both die of whatever comes, for a hundred calls out of two hundred.
    house.services.play { _, number in
      (number / 100).isMultiple(of: 2) ? .answer : .breakConnection
    }
    let client = house.client("ada")
    let calls = 1_500
    var failures = 0
    for _ in 0..<calls {
      if let failure = await house.outcome(client) {
        failures += 1
        #expect(failure.code == .unavailable)
      }
      // So long that each of them is dialled again.
      await house.loop.advance(by: .seconds(2))
    }
    let sent = house.services.seen.count
    let again = house.services.seen.count { $0.repetition > 0 }
    print("flapping workers: \(calls) calls, \(sent) sent, \(again) again, \(failures) failed")
    #expect(sent <= calls + calls / 10 + RetryBudget.retriesAtStart)
    #expect(again > RetryBudget.retriesAtStart && failures > 0, "or the budget was not needed")
  }

  @Test("a call that its caller has sent before is sent once from here, and costs the budget")
  func repetitionIsNotMultiplied() async throws {
    let house = try house(workers: 2)
    house.services.play { _, _ in .breakConnection }
    let client = house.client("ada")
    #expect(await house.outcome(client, repetition: 1)?.code == .unavailable)
    #expect(house.services.seen.map(\.repetition) == [1])
    let before = house.state.withRouting { $0.retries.retriesLeft }
    #expect(before == RetryBudget.retriesAtStart - 1)
    #expect(await house.outcome(client)?.code == .unavailable)
    #expect(house.services.seen.map(\.repetition) == [1, 0, 1])
  }

  @Test("what changes something is never sent twice once its bytes have left")
  func mutatingIsSentOnce() async throws {
    let house = try house()
    house.services.play { _, _ in .breakConnection }
    let client = house.client("ada")
    let error = await house.value(of: RegistryCall(house, client, timeout: nil).setDeployment())
    #expect(error?.code == .unavailable)
    #expect(house.services.seen.count == 1)
  }

  @Test("what changes something goes to the successor of a service that did not begin it")
  func mutatingIsSentOnIfUnbegun() async throws {
    let house = try house()
    let client = house.client("ada")
    #expect(await house.value(of: RegistryCall(house, client, timeout: nil).getModel()) == nil)
    // The go-away is on its way when the call is made.
    let old = try #require(house.services.links(to: "registry:1").first)
    await old.pauseClient(true)
    await house.services.drain("registry:1")
    let call = RegistryCall(house, client, timeout: nil).setDeployment()
    await house.settle()
    await old.pauseClient(false)
    #expect(await house.value(of: call) == nil)
    let names = house.services.seen.map { $0.method.split(separator: "/").last ?? "" }
    #expect(names == ["GetModel", "SetDeployment"], "only what was admitted is seen")
    #expect(house.services.links(to: "registry:1").count == 2)
  }

  @Test("calls wait for a registry that starts again, and fail if it does not come")
  func registryRestarts() async throws {
    let house = try house()
    house.services.away("registry:1")
    let client = house.client("ada")
    let lost = await house.value(of: RegistryCall(house, client, timeout: nil).getModel())
    #expect(lost?.code == .unavailable && lost?.message.contains("registry:1") == true)
    #expect(house.services.dials > 3)
    let call = RegistryCall(house, client, timeout: nil).setDeployment()
    await house.loop.advance(by: .seconds(3))
    house.services.away("registry:1", false)
    #expect(await house.value(of: call) == nil)
    #expect(house.services.seen.count == 1)
  }

  @Test("a worker that nobody reaches any more is passed over at once")
  func unreachableWorker() async throws {
    let house = try house(workers: 2)
    house.services.away("127.0.0.1:1")
    let client = house.client("ada")
    for _ in 0..<40 { #expect(await house.outcome(client) == nil) }
    #expect(Set(house.services.seen.map(\.address)) == ["127.0.0.1:2"])
  }

  @Test("a worker that vanished is found out, and its calls are answered by another")
  func vanishedWorker() async throws {
    let house = try house(workers: 2)
    let client = house.client("ada")
    for _ in 0..<40 { #expect(await house.outcome(client) == nil) }
    #expect(Set(house.services.seen.map(\.address)).count == 2)
    for link in house.services.links(to: "127.0.0.1:1") { await link.pauseClient(true) }
    let calls = (0..<20).map { _ in Task { await house.failure(client) } }
    for call in calls { #expect(await house.value(of: call, step: .seconds(1)) == nil) }
    let again = house.services.seen.filter { $0.repetition == 1 }
    #expect(!again.isEmpty && again.allSatisfy { $0.address.hasSuffix(":2") })
  }
}

/// Calls to the registry through the gateway.
private struct RegistryCall {
  let house: ForwardingHouse
  let link: InProcessLink
  let options: CallOptions

  init(_ house: ForwardingHouse, _ link: InProcessLink, timeout: Duration?) {
    self.house = house
    self.link = link
    options = CallOptions(timeout: timeout)
  }

  func getModel() -> Task<RPCError?, Never> {
    task(Registry.API.getModel, Registry.GetModelRequest(name: "mlp"))
  }

  func setDeployment() -> Task<RPCError?, Never> {
    task(Registry.API.setDeployment, Registry.SetDeploymentRequest(model: "mlp"))
  }

  private func task<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) -> Task<RPCError?, Never> {
    Task { [link, options] in
      do throws(RPCError) {
        _ = try await link.client.call(method, request, options: options)
        return nil
      } catch {
        return error
      }
    }
  }
}

extension ForwardingHouse {
  /// The error of an inference, or `nil`; somebody else moves the time on.
  func failure(_ link: InProcessLink, timeout: Duration? = nil) async -> RPCError? {
    do throws(RPCError) {
      _ = try await infer(link, timeout: timeout)
      return nil
    } catch {
      return error
    }
  }
}
