internal import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "The transparency log: what happened, who allowed it, and proof.",
    discussion: """
      Every change of the suite stands in an append-only log with a signed head. `export` writes all of \
      it as files, and `verify` checks these without anybody's help. Keep a checkpoint of your own \
      (`checkpoint --keep FILE`), or have a witness cosign it: only against one that was kept can a \
      rewritten or rolled-back log be told from a true one.
      """,
    subcommands: [
      AuditTail.self, AuditQuery.self, AuditExport.self, AuditProve.self, AuditVerify.self,
      AuditCheckpoint.self, AuditWitness.self, AuditErase.self,
    ])
}
