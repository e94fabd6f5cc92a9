import Logging
import RPC
import RegistryCore
import ServiceRuntime
import Trust

await ServiceProcess.run(.registry) { environment in
  let settings = environment.settings
  let logger = environment.logger
  let service = try await RegistryService.open(
    RegistryConfiguration(
      stateDirectory: try environment.makeFolder(),
      trustFilePath: settings.string("trust.file") ?? "\(settings.stateDirectory)/trust.json"))
  let log = try environment.logLink()
  var router = Router()
  RegistryAPI(service) { error, context in
    logger.error(
      "a call failed", metadata: ["method": "\(context.method.name)", "cause": "\(error)"])
  }.register(on: &router)
  var assembly = ServiceAssembly(router: router)
  assembly.background = [
    BackgroundWork("looking after leases and leftovers") {
      await service.run { logger.warning("a turn failed", metadata: ["cause": "\($0)"]) }
    },
    BackgroundWork("handing entries to the log") {
      await service.drainOutbox(to: log.append) {
        logger.warning("the log takes no entries", metadata: ["cause": "\($0)"])
      }
    },
  ]
  assembly.onDrain = service.endWatches
  assembly.onEnd = {
    do {
      try await service.close()
    } catch {
      logger.error("the store did not close", metadata: ["cause": "\(error)"])
    }
  }
  return assembly
}
