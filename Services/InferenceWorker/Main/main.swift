import Base
import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import RPC
import ServiceRuntime
import Trust

if let exitCode = ProbeCommand.runIfAsked(
  arguments: CommandLine.arguments,
  engines: { () throws(EngineError) in [try OnnxRuntimeEngine { _, _ in }] })
{
  exit(exitCode)
}

await ServiceProcess.run(
  .inferenceWorker, modes: [ProbeCommand.usage],
  exitStatus: ServiceExitStatus.init(workerFailure:)
) { environment in
  let settings = environment.settings
  let service = WorkerService(
    configuration: try WorkerConfiguration(
      stateDirectory: settings.stateDirectory, settings.string),
    registry: try environment.channel(to: .registry),
    trust: try TrustFile.load(
      from: settings.string("trust.file") ?? "\(settings.stateDirectory)/trust.json"),
    engines: [try OnnxRuntimeEngine(log: environment.logger.engineLog)],
    release: Release.name, logger: environment.logger)
  try await service.load()
  var router = Router()
  service.register(on: &router)
  var assembly = ServiceAssembly(router: router)
  assembly.onListening = service.listens(at:)
  assembly.fault = { service.fault }
  assembly.background = [
    // Drained by an operator's wish, the process ends as on a signal.
    BackgroundWork("holding the lease", ending: .endsService) { await service.start() }
  ]
  return assembly
}
