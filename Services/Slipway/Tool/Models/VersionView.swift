internal import Contracts

/// A version of a model.
struct VersionView: PresentableRow {
  static let columns = [
    "MODEL", "VERSION", "MANIFEST", "FILES", "SIZE", "PUSHED", "BY", "APPROVALS",
  ]

  struct File: Encodable {
    var path: String
    var byteCount: UInt64
    var sha256: String
  }

  struct Lineage: Encodable {
    var data: String
    var commit: String
    var parentVersion: UInt32
  }

  struct Approval: Encodable {
    var keyID: String
    var principal: String
    var environment: String
    var approvedAt: String?
    var expiresAt: String?
  }

  var model: String
  var version: UInt32
  var manifestDigest: String
  var files: [File]
  var pushedBy: String
  var pusherKeyID: String
  var pushedAt: String?
  var lineage: Lineage?
  var approvals: [Approval]
  var probe: ProbeView?

  init(_ version: Registry.Version) {
    model = version.model
    self.version = version.number
    manifestDigest = Spelling.hex(version.manifestDigest)
    files = version.files.map {
      File(path: $0.path, byteCount: $0.byteCount, sha256: Spelling.hex($0.sha256))
    }
    pushedBy = version.pushedBy
    pusherKeyID = version.pusherKeyID
    pushedAt = Spelling.time(version.pushedAt)
    lineage = version.lineage.map {
      Lineage(data: $0.data, commit: $0.commit, parentVersion: $0.parentVersion)
    }
    approvals = version.approvals.map {
      Approval(
        keyID: $0.keyID, principal: $0.principal, environment: $0.environment,
        approvedAt: Spelling.time($0.approvedAt), expiresAt: Spelling.time($0.expiresAt))
    }
    probe = ProbeView(version.probe)
  }

  var row: [String] {
    [
      model, "\(version)", String(manifestDigest.prefix(12)), "\(files.count)",
      Spelling.size(files.reduce(0) { $0 + $1.byteCount }), pushedAt ?? "", pushedBy,
      "\(approvals.count)",
    ]
  }
}

/// A version with its files, its probe and its approvals, one a line.
struct VersionDetail: Presentable {
  var version: VersionView

  var table: Table {
    let facts = [
      ["manifest", "sha256:\(version.manifestDigest)", ""],
      [
        "pushed", version.pushedAt ?? "",
        "\(version.pushedBy), key \(version.pusherKeyID.prefix(12))",
      ],
    ]
    let files = version.files.map {
      ["file", $0.path, "\(Spelling.size($0.byteCount)) \($0.sha256)"]
    }
    let approvals = version.approvals.map {
      [
        "approval", $0.principal,
        "\($0.environment) until \($0.expiresAt ?? "never"), key \($0.keyID.prefix(12))",
      ]
    }
    return Table(
      columns: ["\(version.model) \(version.version)", "", ""],
      rows: facts + files + (version.probe?.rows ?? []) + approvals)
  }

  func encode(to encoder: any Encoder) throws {
    try version.encode(to: encoder)
  }
}
