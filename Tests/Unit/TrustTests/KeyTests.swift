import Foundation
import Testing

@testable import Trust

struct KeyTests {
  @Test(
    "Ed25519 signatures are those of RFC 8032, section 7.1",
    arguments: [
      (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
      ),
      (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
      ),
    ])
  func signsAsRFC8032(seed: String, message: String, signature: String) throws {
    let key = try SigningKey(
      seed: #require(Hexadecimal.decode(seed)), scalar: [UInt8](repeating: 1, count: 32),
      comment: "")
    let message = try #require(Hexadecimal.decode(message))
    #expect(Hexadecimal.encode(try key.signature(over: message)) == signature)
    #expect(
      key.verifyingKey.isValid(
        signature: try #require(Hexadecimal.decode(signature)), over: message))
  }

  @Test("a signature fails with any bit turned, in it or in the message")
  func refusesTurnedBits() throws {
    let key = try Fixture.key(1)
    let message = "what was said".bytes
    let signature = try key.signature(over: message)
    for bit in 0..<signature.count * 8 {
      var turned = signature
      turned[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.verifyingKey.isValid(signature: turned, over: message))
    }
    for bit in 0..<message.count * 8 {
      var turned = message
      turned[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.verifyingKey.isValid(signature: signature, over: turned))
    }
    #expect(!key.verifyingKey.isValid(signature: [], over: message))
    #expect(!key.verifyingKey.isValid(signature: signature + [0], over: message))
  }

  @Test("a public key is one line and comes back from it")
  func readsPublicLines() throws {
    let key = try Fixture.key(1, "alice@laptop, the blue one").verifyingKey
    let line = key.description
    #expect(line.hasPrefix("slipway-ed25519-p256 "))
    #expect(line.hasSuffix(" alice@laptop, the blue one"))
    let read = try VerifyingKey(line)
    #expect(read == key)
    #expect(read.comment == key.comment)
    #expect(read.identifier == key.identifier)
    #expect(KeyIdentifier(key.identifier.description) == key.identifier)
  }

  @Test(
    "a line that is no public key is refused",
    arguments: [
      "", "slipway-ed25519-p256", "slipway-ed25519-p256 ", "slipway-ed25519-p256 !!!!",
      "slipway-ed25519-p256 AAAA", "ssh-ed25519 AAAA",
      "slipway-ed25519-p256 " + Base64.encode([UInt8](repeating: 0xff, count: 65)),
    ])
  func refusesLines(line: String) {
    #expect(throws: KeyError.self) { try VerifyingKey(line) }
  }

  @Test("the hint is the digest of the PEM that OpenSSL writes")
  func hintsAsOpenSSL() throws {
    let key = try Fixture.key(7).verifyingKey
    #expect(
      key.manifestPublicKeyPem == """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHhhTL9R1TALzBB2cdc6zO4P/2BrH
        zk/ogsyxyYvFiW6kbDEcTi/0DdlqNlPm5FRF0y3+SG7O11x6kMahiIHAow==
        -----END PUBLIC KEY-----

        """)
    #expect(
      key.manifestHint == "d9edd6aae988ddc86a7c1142a6ee5eb027c642e23a9b826b2194de64dea18de7")
  }

  @Test("a key file has mode 0600 and gives the same key back")
  func savesAndLoads() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/alice.key"
      let key = try SigningKey.generate(comment: "alice")
      try key.save(to: path)
      #expect(try Fixture.mode(path) == 0o600)
      let loaded = try SigningKey.load(from: path)
      #expect(loaded.verifyingKey == key.verifyingKey)
      #expect(loaded.verifyingKey.comment == "alice")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["alice.key"])
    }
  }

  @Test("a key file is never overwritten")
  func neverOverwrites() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/alice.key"
      let first = try SigningKey.generate(comment: "alice")
      try first.save(to: path)
      #expect(throws: KeyError.fileExists(path: path)) {
        try SigningKey.generate(comment: "mallory").save(to: path)
      }
      #expect(try SigningKey.load(from: path).verifyingKey == first.verifyingKey)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["alice.key"])
    }
  }

  @Test(
    "a key file that others may touch is refused with the command that mends it",
    arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
  func refusesOpenFiles(mode: Int) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/alice.key"
      try SigningKey.generate(comment: "").save(to: path)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let error = #expect(throws: KeyError.self) { try SigningKey.load(from: path) }
      #expect(
        error == .fileOpenToOthers(path: path, mode: "0" + String(mode, radix: 8)))
      #expect(error?.description.contains("chmod 600 \(path)") == true)
    }
  }

  @Test("links, folders and missing files are refused")
  func refusesOtherThanFiles() throws {
    try Fixture.withFolder { folder in
      try SigningKey.generate(comment: "").save(to: folder + "/real.key")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link.key", withDestinationPath: folder + "/real.key")
      #expect(throws: KeyError.notAFile(path: folder + "/link.key")) {
        try SigningKey.load(from: folder + "/link.key")
      }
      #expect(throws: KeyError.notAFile(path: folder)) { try SigningKey.load(from: folder) }
      #expect(throws: KeyError.fileMissing(path: folder + "/no.key")) {
        try SigningKey.load(from: folder + "/no.key")
      }
    }
  }

  @Test("a key file cut short anywhere is refused")
  func refusesTornFiles() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/alice.key"
      try SigningKey.generate(comment: "alice").save(to: path)
      let content = try #require(FileManager.default.contents(atPath: path))
      for length in 0..<content.count {
        try content.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(throws: KeyError.self) { try SigningKey.load(from: path) }
      }
    }
  }

  @Test("a comment that would break the line is refused", arguments: ["a\nb", "ключ", "\u{7f}"])
  func refusesComments(comment: String) {
    #expect(throws: KeyError.commentInvalid) { try SigningKey.generate(comment: comment) }
  }

  @Test("no description of a signing key shows its secret halves")
  func hidesSecrets() throws {
    let key = try Fixture.key(0x41)
    let secret = Base64.encode([UInt8](repeating: 0x41, count: 32))
    #expect(!"\(key)".contains(secret.prefix(20)))
    #expect(!String(reflecting: key).contains("65, 65, 65"))
  }

  @Test(
    "secrets compare by all their bytes",
    arguments: [("", "", true), ("a", "", false), ("abc", "abc", true), ("abc", "abd", false)])
  func comparesSecrets(left: String, right: String, isEqual: Bool) {
    #expect(SecretComparison.equal(left.bytes, right.bytes) == isEqual)
  }
}
