import Logging
import MonitorCore
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.monitor) { environment in
  let service = try await MonitorService.open(folder: try environment.makeFolder())
  let logger = environment.logger
  let log = try environment.logLink()
  var assembly = ServiceAssembly(router: Router())
  assembly.fault = service.fault
  assembly.background = [
    BackgroundWork("handing entries to the log") {
      await service.drainOutbox(to: log.append) {
        logger.warning("the log takes no entries", metadata: ["cause": "\($0)"])
      }
    }
  ]
  assembly.onEnd = { try? await service.close() }
  return assembly
}
