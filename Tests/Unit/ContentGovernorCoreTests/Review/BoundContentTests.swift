import Testing
import Trust

@testable import ContentGovernorCore

struct BoundContentTests {
  static let one = BoundContent(
    content: Array("Buy now".utf8), channel: "email", locale: "de-DE", audience: "everyone",
    format: "plain", template: [], slot: "", bundle: "sha256:aa", workflow: "marketing",
    workflowRevision: 1)

  @Test(
    arguments: [
      { $0.content.append(0x20) }, { $0.channel = "web" }, { $0.locale = "de-AT" },
      { $0.audience = "doctors" }, { $0.format = "html" }, { $0.template = [1] },
      { $0.slot = "body" },
      { $0.bundle = "" }, { $0.workflow = "sales" }, { $0.workflowRevision = 2 },
    ] as [@Sendable (inout BoundContent) -> Void])
  func `whatever changes, digest and seal change`(_ edit: @Sendable (inout BoundContent) -> Void) {
    var other = Self.one
    edit(&other)
    let key = ContentKey(item: "i", secret: [UInt8](repeating: 1, count: 32), others: [])
    #expect(other.digest != Self.one.digest)
    #expect(key.seal(of: other) != key.seal(of: Self.one))
  }

  @Test func `no field runs into the next`() {
    var (left, right) = (Self.one, Self.one)
    (left.channel, left.locale) = ("email", "xde-DE")
    (right.channel, right.locale) = ("emailx", "de-DE")
    #expect(left.digest != right.digest)
  }

  @Test func `what is sealed opens at its place, with every secret, and not otherwise`() throws {
    let secrets = (0..<3).map { [UInt8](repeating: UInt8($0), count: 32) }
    let key = ContentKey(item: "i", secret: secrets[0], others: [secrets[1], secrets[2]])
    let sealed = try key.seal(Array("text".utf8), at: "i/1")
    #expect(key.open(sealed, at: "i/1") == Array("text".utf8))
    #expect(key.open(sealed, at: "i/2") == nil)
    var broken = sealed
    broken[broken.count - 1] ^= 1
    #expect(key.open(broken, at: "i/1") == nil)
    for other in [
      ContentKey(item: "j", secret: secrets[0], others: [secrets[1], secrets[2]]),
      ContentKey(item: "i", secret: secrets[1], others: [secrets[1], secrets[2]]),
      ContentKey(item: "i", secret: secrets[0], others: [secrets[1]]),
    ] {
      #expect(other.open(sealed, at: "i/1") == nil)
    }
  }
}
