import GatewayCore
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.gateway) { environment in
  let settings = environment.settings
  let gateway = try await GatewayService(
    GatewayService.Configuration(
      folder: try environment.makeFolder(),
      environment: settings.string("key.environment") ?? "live",
      services: try settings.addresses(of: .registry, .contentGovernor, .monitor),
      bodySamplePercent: try settings.integer("body.sample", in: 0...100) ?? 100),
    loops: environment.connector.links, dialer: environment.dialer, identity: environment.identity,
    logger: environment.logger)
  let registry = try environment.channel(to: .registry)
  let monitor = try environment.channel(to: .monitor)
  let probes = try [ServiceRole.registry, .monitor, .contentGovernor].map { role in
    let channel = try environment.channel(to: role)
    return ServiceProbe(name: role.rawValue, endpoint: try settings.address(of: role)) {
      try await channel.peerRelease
    }
  }
  var router = Router()
  gateway.register(on: &router, release: Release.name, services: probes)
  var assembly = ServiceAssembly(router: router)
  assembly.fault = { gateway.fault }
  (assembly.keyCheck, assembly.onRefusal) = (gateway.principal, gateway.refused)
  assembly.gates = [gateway.admission]
  assembly.background =
    [
      BackgroundWork("following the registry") { await gateway.followRoutes(of: registry) },
      BackgroundWork("asking for workers") { await gateway.askForWorkers(of: registry) },
      BackgroundWork("keeping the books") { await gateway.keepBooks() },
      BackgroundWork("telling the monitor") { await gateway.handRecords(to: monitor) },
    ] + (try environment.handingEntriesToLog(gateway.drainOutbox))
  assembly.onListening = { gateway.isReached(at: $0) }
  assembly.onEnd = { await gateway.close(handingRecordsTo: monitor) }
  return assembly
}
