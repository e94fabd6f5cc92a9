import Testing

@testable import Trust

struct JSONTests {
  @Test(
    "what is JSON is read and written in its canonical form",
    arguments: [
      (#" { "b" : 1 , "a" : [ true , false , null ] } "#, #"{"a":[true,false,null],"b":1}"#),
      (#"{}"#, #"{}"#),
      (#"[ ]"#, #"[]"#),
      (#""é\u00e9\ud83d\ude00\/""#, #""éé😀/""#),
      (#""\u0000\b\t\n\f\r\u001f\"\\""#, #""\u0000\b\t\n\f\r\u001f\"\\""#),
      ("-9223372036854775808", "-9223372036854775808"),
      ("9223372036854775808", "9223372036854775808"),
      ("1.50e+3", "1.50e+3"),
      ("0", "0"),
    ])
  func readsJSON(text: String, canonical: String) throws {
    let value = try JSONParser.parse(text.bytes, lengthMaxBytes: 1000)
    #expect(String(decoding: value.canonicalBytes(), as: UTF8.self) == canonical)
  }

  @Test(
    "what is not strict JSON is refused",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "01", "1.", ".5", "1e", "+1", "-", "NaN",
      "tru", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\nb\"", "\"", "1 2",
      "{\"a\":1,\"a\":2}", "{\"é\":1}", "{\"\\u212a\":1}", "'a'", "// c\n1",
      String(repeating: "[", count: 33),
    ])
  func refusesJSON(text: String) {
    #expect(throws: JSONError.self) { try JSONParser.parse(text.bytes, lengthMaxBytes: 1000) }
  }

  @Test("invalid UTF-8 in a string is refused")
  func refusesInvalidUTF8() {
    #expect(throws: JSONError.self) {
      try JSONParser.parse([0x22, 0xc3, 0x28, 0x22], lengthMaxBytes: 10)
    }
  }

  @Test("every prefix of a text is refused and none reads beyond its end")
  func refusesPrefixes() throws {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00"],"b":{"c":null}}"#.bytes
    for length in 0..<text.count {
      #expect(throws: JSONError.self) {
        try JSONParser.parse(Array(text.prefix(length)), lengthMaxBytes: 1000)
      }
    }
  }

  @Test("a text over the limit is refused unread")
  func refusesLongTexts() {
    #expect(throws: JSONError("expected at most 3 bytes, got 4")) {
      try JSONParser.parse("true".bytes, lengthMaxBytes: 3)
    }
  }
}
