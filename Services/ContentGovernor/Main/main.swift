import ContentGovernorCore
import Foundation
import Logging
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.contentGovernor) { environment in
  let logger = environment.logger
  let service = try await ContentGovernorService.open(
    folder: try environment.makeFolder(),
    witnessFile: "\(environment.settings.stateDirectory)/witnesses")
  logger.info("the transparency log is open", metadata: ["key": "\(service.log.key)"])
  let report: @Sendable (any Error, CallContext) -> Void = { error, context in
    logger.error(
      "a call failed", metadata: ["method": "\(context.method.name)", "cause": "\(error)"])
  }
  var router = Router()
  let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e6) }
  LogAPI(service.log, nowMicroseconds: now) { report($0, $1) }.register(on: &router)
  PolicyAPI(service.policies) { report($0, $1) }.register(on: &router)
  ContentAPI(service.content) { report($0, $1) }.register(on: &router)
  var assembly = ServiceAssembly(router: router)
  assembly.fault = service.fault
  assembly.background = [
    BackgroundWork("indexing the log") {
      await service.log.run { logger.warning("the log's index lags", metadata: ["cause": "\($0)"]) }
    },
    BackgroundWork("telling the log of policies") {
      await service.policies.run { logger.warning("the log lags", metadata: ["cause": "\($0)"]) }
    },
    BackgroundWork("keeping time over content and telling the log of it") {
      await service.content.run { logger.warning("a turn failed", metadata: ["cause": "\($0)"]) }
    },
  ]
  assembly.onEnd = service.close
  return assembly
}
