import ContentGovernorCore
import RPC
import ServiceRuntime
import Trust

await ServiceProcess.run(.contentGovernor) { environment in
  let service = try await ContentGovernorService.open(folder: try environment.makeFolder())
  var assembly = ServiceAssembly(router: Router())
  assembly.fault = service.fault
  assembly.onEnd = { try? await service.close() }
  return assembly
}
