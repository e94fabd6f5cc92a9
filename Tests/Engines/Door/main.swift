import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import OpenVINOEngine

/// The engines' own door, for other languages: `engine-door ENGINE` reads a case's path a line and writes
/// what the engine makes of it, one JSON a line. See `Tests/Engines/README.md`.
let arguments = CommandLine.arguments
guard arguments.count == 2 else {
  print("usage: engine-door onnxruntime|openvino < PATHS")
  exit(2)
}
let engine: any InferenceEngine =
  arguments[1] == "openvino" ? try OpenVINOEngine() : try OnnxRuntimeEngine { _, _ in }
while let path = readLine() {
  let answer = DoorCase.answer(to: path, in: engine) + "\n"
  try FileHandle.standardOutput.write(contentsOf: Data(answer.utf8))
}
