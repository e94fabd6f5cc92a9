import Contracts
import RPC
import SlipwayClient
import Synchronization
import Testing

@testable import SlipwayTool

@Suite("Inference")
struct InferenceTests {
  private func gateway(_ asked: Asked) -> FakeGateway {
    let gateway = FakeGateway()
    gateway.on(Inference.API.modelMetadata) { _ in
      Inference.ModelMetadataResponse(
        name: "m", versions: ["1"], platform: "onnxruntime_onnx",
        inputs: [.init(name: "x", datatype: "FP32", shape: [-1, 3])],
        outputs: [.init(name: "y", datatype: "INT64", shape: [-1])])
    }
    gateway.on(Inference.API.modelInfer) { request in
      asked.value.withLock { $0 = request }
      return Inference.ModelInferResponse(
        modelName: "m", modelVersion: "1",
        outputs: [.init(name: "y", datatype: "INT64", shape: [2])],
        rawOutputContents: [[1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]])
    }
    return gateway
  }

  @Test("reads an input as the model declares it, and shows the answer")
  func infer() async {
    let asked = Asked()
    let run = await Run(
      ["infer", "m", "--input", "x=[[1, 2, 3], [4, 5, 6.5]]", "--json"], on: gateway(asked))
    #expect(run.status == 0, "\(run.complaint)")
    let request = asked.value.withLock { $0 }
    #expect(request?.inputs.first?.shape == [2, 3])
    #expect(request?.rawInputContents.first?.count == 24)
    #expect(
      run.output == """
        {
          "model_name" : "m",
          "model_version" : "1",
          "outputs" : [
            {
              "data" : [
                1,
                -1
              ],
              "datatype" : "INT64",
              "name" : "y",
              "shape" : [
                2
              ]
            }
          ]
        }

        """)
  }

  @Test("without inputs it says what the model takes")
  func describe() async {
    let run = await Run(["infer", "m"], on: gateway(Asked()))
    #expect(
      run.output == "TENSOR\tNAME\tDATATYPE\tSHAPE\ninput\tx\tFP32\t?x3\noutput\ty\tINT64\t?\n")
  }

  @Test(
    "an input that can't be is refused before it is sent",
    arguments: ["z=[1]", "x=[[1],[2,3]]", "x=[\"a\"]", "x=nonsense", "=1"])
  func refuses(input: String) async {
    let asked = Asked()
    let run = await Run(["infer", "m", "--input", input], on: gateway(asked))
    #expect(run.status == 2)
    #expect(asked.value.withLock { $0 } == nil)
  }

  @Test("a plain list takes the declared shape where only one length is open")
  func shapes() {
    #expect(TensorInput.shape([6], declared: [-1, 3], count: 6) == [2, 3])
    #expect(TensorInput.shape([7], declared: [-1, 3], count: 7) == [7])
    #expect(TensorInput.shape([6], declared: [-1, -1], count: 6) == [6])
    #expect(TensorInput.shape([2, 3], declared: [-1, 3], count: 6) == [2, 3])
  }
}

/// The last request that a fake gateway took.
private final class Asked: Sendable {
  let value = Mutex<Inference.ModelInferRequest?>(nil)
}
