import Testing

@testable import RegistryCore

struct SignatureDocumentTests {
  private func refusal(_ text: String) -> String {
    do throws(RegistryError) {
      try SignatureDocument.check(Array(text.utf8), limits: RegistryLimits())
      return ""
    } catch {
      return error.message
    }
  }

  private static func document(_ output: String, format: String = "1") -> String {
    #"{"format":\#(format),"inputs":[],"outputs":[\#(output)]}"#
  }

  @Test(arguments: [
    Package.signature,
    document(#"{"name":"y","datatype":"BYTES"}"#),
    document(#"{"name":"y","datatype":"FP32","shape":[]}"#),
    document(#"{"name":"y","datatype":"BF16","shape":[-1,0,"n"]}"#),
  ])
  func takesASignature(_ text: String) {
    #expect(refusal(text) == "")
  }

  @Test(arguments: [
    ("", "expected JSON"),
    ("[]", "wrong type"),
    (#"{"format":1,"inputs":[]}"#, "`outputs` is missing"),
    (#"{"format":1,"inputs":[],"outputs":[]}"#, "`outputs` is empty"),
    (document(#"{"name":"y","datatype":"FP32"}"#, format: "2"), "`format` is 2: expected 1"),
    (document(#"{"datatype":"FP32"}"#), "`outputs[0].name` is missing"),
    (document(#"{"name":"","datatype":"FP32"}"#), "`outputs[0].name`: expected a name"),
    (document(#"{"name":"y","datatype":"float"}"#), "`outputs[0].datatype` is `float`"),
    (document(#"{"name":"y","datatype":"FP32","shape":[-2]}"#), "`outputs[0].shape`"),
    (document(#"{"name":"y","datatype":"FP32","shape":[""]}"#), "`outputs[0].shape`"),
    (
      document(#"{"name":"y","datatype":"FP32"},{"name":"y","datatype":"FP32"}"#),
      "`outputs[1].name`"
    ),
  ])
  func namesWhatIsWrong(_ text: String, _ expected: String) {
    let message = refusal(text)
    #expect(message.contains(expected), "\(message)")
  }
}
