import Foundation
import RPCTestKit
import Testing

@testable import ContentGovernorCore

struct SlotTemplateTests {
  static func template(
    _ body: String, _ format: TemplateFormat, _ types: [String: SlotType] = ["x": .text]
  ) throws -> SlotTemplate {
    try SlotTemplate(
      body, format: format,
      slots: types.sorted { $0.key < $1.key }.map {
        SlotTemplate.Slot(name: $0.key, type: $0.value, bytesMax: nil)
      })
  }

  static let hostile = "</p><script>alert('1')</script>\" onload=\"x\" & `{{x}}` \\ ]] --> ü"

  @Test(arguments: [
    ("<p>{{x}}</p>", "<p>&lt;b&gt; &amp; &quot;&#39;</p>"),
    ("<a title=\"{{ x }}\">", "<a title=\"&lt;b&gt; &amp; &quot;&#39;\">"),
    ("<a href='/s?q={{x}}'>", "<a href='/s?q=%3Cb%3E%20%26%20%22%27'>"),
    ("<!-- a > b --><p>{{x}}", "<!-- a > b --><p>&lt;b&gt; &amp; &quot;&#39;"),
    ("<script>a < b</script>{{x}}", "<script>a < b</script>&lt;b&gt; &amp; &quot;&#39;"),
  ])
  func `HTML is escaped for its place`(_ body: String, _ expected: String) throws {
    #expect(try Self.template(body, .html).filled(with: ["x": "<b> & \"'"]) == expected)
  }

  @Test(arguments: [
    "<script>{{x}}</script>", "<style>{{x}}</style>", "<!-- {{x}} -->", "<a {{x}}>", "<{{x}}>",
    "<a href={{x}}>", "<a onclick=\"{{x}}\">", "<a style='{{x}}'>", "<iframe srcdoc=\"{{x}}\">",
    "<img srcset=\"{{x}}\">", "<a href=\"{{x}}\">", "<a ONCLICK=\"{{x}}\">", "<p>{{x}}<a href=\"",
    "<form action=\"{{x}}\">", "<meta content=\"0;url={{x}}\">", "<textarea>{{x}}</textarea>",
    "<title>{{x}}</title>", "<svg>{{x}}</svg>", "</{{x}}>", "<!doctype {{x}}>", "{{{x}}}", "{{&x}}",
    "{{#x}}a{{/x}}", "{{>x}}", "{{!x}}", "{{x", "{{}}", "{{y}}{{x}}", "none", "{{=<% %>=}}<%x%>",
    "<SCRIPT>{{x}}", "<script >{{x}}", "<script/x>{{x}}",
    // What browsers repair is never guessed.
    "<a onclick = \">{{x}}\">", "<a onclick\n=\n'>{{x}}'>",
    "<script></script ><a onclick=\"</script>{{x}}\">",
    "<!-- --!><script> --> {{x}}", "<!---><script> --> {{x}}", "<!--><script> --> {{x}}",
  ])
  func `HTML where text could become markup, code or an address is refused`(_ body: String) {
    #expect(throws: TemplateFault.self) { try Self.template(body, .html) }
  }

  @Test func `an address is one that a reader may follow`() throws {
    let template = try Self.template("<a href=\"{{x}}\">", .html, ["x": .url])
    #expect(
      try template.filled(with: ["x": "https://a.example/?b=1&c='"])
        == "<a href=\"https://a.example/?b=1&amp;c=&#39;\">")
    for address in [
      "javascript:alert(1)", "JAVASCRIPT:x", " https://a.example", "data:text/html,x",
      "//a.example",
      "/a", "https://a.example/\n", "https://a.example/ b", "", "vbscript:x", "https://é.example",
    ] {
      #expect(throws: TemplateFault.self, "\(address)") {
        try template.filled(with: ["x": address])
      }
    }
  }

  @Test func `JSON stays the JSON that it was, whatever fills it`() throws {
    let template = try Self.template(
      #"{"a": "{{x}} \"", "n": {{n}}, "list": ["{{x}}"]}"#, .json, ["x": .text, "n": .number])
    let filled = try template.filled(with: ["x": Self.hostile, "n": "-19.90"])
    let object = try JSONSerialization.jsonObject(with: Data(filled.utf8)) as? [String: Any]
    #expect(object?["a"] as? String == Self.hostile + " \"")
    #expect(object?["list"] as? [String] == [Self.hostile])
    #expect(object?.count == 3 && !filled.contains("<"))
    for number in ["1e9", "0x1", "01", "1,\"b\":2", "", "NaN", " 1", "1.", "٣"] {
      #expect(throws: TemplateFault.self, "\(number)") {
        try template.filled(with: ["x": "", "n": number])
      }
    }
    for body in [#"{"a": {{x}}}"#, #"{"a": "{{x}}""#, #"{{{x}}: 1}"#] {
      #expect(throws: TemplateFault.self, "\(body)") { try Self.template(body, .json) }
    }
  }

  @Test func `Markdown stays text on its line`() throws {
    let template = try Self.template(
      "# {{x}}\n\nSee [it]({{u}}).", .markdown, ["x": .text, "u": .url])
    #expect(
      try template.filled(with: ["x": "a *b*\n\n# <c> [d](e)", "u": "https://a.example/(b)"])
        == "# a \\*b\\* \\# &lt;c&gt; \\[d\\]\\(e\\)\n\nSee [it](https://a.example/%28b%29).")
    for body in ["`{{x}}`", "    {{x}}", "```\n{{x}}\n```", "[a]({{x}})", "<b {{x}}>"] {
      #expect(throws: TemplateFault.self, "\(body)") { try Self.template(body, .markdown) }
    }
  }

  @Test func `a filling that is too long or holds control characters is refused`() throws {
    let template = try SlotTemplate(
      "{{x}}", format: .text, slots: [.init(name: "x", type: .text, bytesMax: 4)])
    #expect(try template.filled(with: ["x": "äö"]) == "äö")
    for filling in ["äöü", "\u{1b}[2J", "\u{0}"] {
      #expect(throws: TemplateFault.self) { try template.filled(with: ["x": filling]) }
    }
  }

  /// Whatever fills HTML, the tags of the template are all the tags there are.
  @Test func `no random filling adds a tag, an attribute or an entity that was not there`() throws {
    var chance = Chance(seed: 5)
    let pieces = [
      "<", ">", "\"", "'", "&", "=", "/", "script", " ", "-->", "<!--", "`", "{{x}}", "é", "\n",
      "]]>",
      "on", "href", "&lt;", "%3C", "\\", "\u{2028}", "🦉", "javascript:",
    ]
    let template = try Self.template(
      "<div title=\"{{x}}\"><p>{{x}}</p><a href=\"/?q={{x}}\">l</a></div>", .html)
    for number in 0..<2000 {
      let filling = (0..<Int.random(in: 0...12, using: &chance))
        .compactMap { _ in pieces.randomElement(using: &chance) }.joined()
      let filled = try template.filled(with: ["x": filling])
      #expect(filled.count { $0 == "<" } == 6, "number \(number): \(filling)")
      #expect(filled.count { $0 == "\"" } == 4, "number \(number): \(filling)")
      #expect(!filled.contains("'"), "number \(number): \(filling)")
      for part in filled.split(separator: "&").dropFirst() {
        #expect(
          ["amp;", "lt;", "gt;", "quot;", "#39;", "#96;"].contains { part.hasPrefix($0) },
          "number \(number): \(filling)")
      }
    }
  }
}
