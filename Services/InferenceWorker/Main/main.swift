import Base
import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import OpenVINOEngine
import RPC
import ServiceRuntime
import Trust
import WorkerSandbox

func engines(_ log: @escaping EngineLog) throws(EngineError) -> [any InferenceEngine] {
  [try OnnxRuntimeEngine(log: log)] + [try OpenVINOEngine.ifInstalled()].compactMap { $0 }
}

ProbeCommand.exitIfAsked(engines: { () throws(EngineError) in try engines { _, _ in } }) {
  try ProcessSandbox.confineProbe(readable: $0, memoryBytesMax: $1)
}
ServingRights.confine { rights in
  try ProcessSandbox.confineServing(
    readable: rights.readable, writable: rights.writable, memoryBytesMax: rights.memoryBytesMax)
}
await ServiceProcess.run(
  .inferenceWorker, modes: [ProbeCommand.usage],
  exitStatus: ServiceExitStatus.init(workerFailure:)
) { environment in
  let service = try WorkerService(
    environment.settings.stateDirectory, environment.settings.string,
    registry: try environment.channel(to: .registry),
    engines: try engines(environment.logger.engineLog), release: Release.name,
    logger: environment.logger)
  try await service.load()
  try ProcessSandbox.sealServing()
  var assembly = ServiceAssembly(router: service.router)
  assembly.onListening = service.listens(at:)
  assembly.fault = { service.fault }
  // Drained by an operator's wish, the process ends as on a signal.
  assembly.background = [BackgroundWork("the lease", ending: .endsService, service.run)]
  return assembly
}
