import MonitorCore
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.monitor) { environment in
  let service = try await MonitorService.open(folder: try environment.makeFolder())
  var assembly = ServiceAssembly(router: Router())
  assembly.fault = service.fault
  assembly.background = try environment.handingEntriesToLog(service.drainOutbox)
  assembly.onEnd = { try? await service.close() }
  return assembly
}
