import Logging
import MonitorCore
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.monitor) { environment in
  let (settings, logger) = (environment.settings, environment.logger)
  let service = try await MonitorService.open(
    MonitorConfiguration(
      folder: try environment.makeFolder(),
      recordDays: try settings.integer("record.days", in: 1...36_500)
        ?? MonitorConfiguration.recordDaysDefault,
      payloadDays: try settings.integer("payload.days", in: 1...36_500)
        ?? MonitorConfiguration.payloadDaysDefault))
  var router = Router()
  MonitorAPI(service) { error, context in
    logger.error(
      "a call failed", metadata: ["method": "\(context.method.name)", "cause": "\(error)"])
  }.register(on: &router)
  var assembly = ServiceAssembly(router: router)
  assembly.fault = service.fault
  assembly.background =
    [
      BackgroundWork("forgetting what is too old") {
        await service.run { logger.warning("a turn failed", metadata: ["cause": "\($0)"]) }
      },
      BackgroundWork("looking at what is watched") {
        await service.watch { logger.warning("a look failed", metadata: ["cause": "\($0)"]) }
      },
    ] + (try environment.handingEntriesToLog(service.drainOutbox))
  assembly.onEnd = { try? await service.close() }
  return assembly
}
