import Trust

/// What the registry takes at most, so that no caller can cost the others their registry.
package struct RegistryLimits: Sendable, Hashable {
  /// Files of one version. Real packages have tens; sharded weights some hundreds.
  package var filesMax = 4096
  /// Bytes of one version: the largest open models are near 1 TB, and disks are smaller.
  package var versionBytesMax: UInt64 = 1 << 40
  /// Bytes of `card.yaml`. It is a page for people, kept in the database.
  package var cardBytesMax = 256 * 1024
  /// Bytes of `signature.json`, kept in the database.
  package var signatureBytesMax = 256 * 1024
  /// Bytes of `probe.json`, kept in the database: some engines with some figures each.
  package var probeBytesMax = 64 * 1024
  /// Bytes of a manifest bundle: about 200 for each of `filesMax` files.
  package var manifestBytesMax = 2 * 1024 * 1024
  /// Bytes of one approval envelope.
  package var envelopeBytesMax = 64 * 1024
  /// Bytes of one chunk, in and out: PROTOCOL.md's frames are larger, memory per caller is not.
  package var chunkBytesMax = 1024 * 1024
  /// Pushes that one principal may have open.
  package var pushesPerPrincipalMax = 16
  /// Pushes that may be open in all.
  package var pushesMax = 256
  /// How long a push may lie still before what it uploaded is removed.
  package var pushIdleMax: Duration = .seconds(24 * 60 * 60)
  /// Free bytes that uploads leave on the disk, so that the database beside them goes on.
  package var diskReserveBytes: UInt64 = 16 * 1024 * 1024

  /// Approvals of one version, in all environments: what a worker's verifier takes at once.
  package var approvalsPerVersionMax = DeploymentVerifier.approvalsMax
  /// Versions of a deployment: a watcher is sent all of them on each change.
  package var targetsMax = 16
  /// Workers of one version.
  package var replicasMax: UInt32 = 1024
  /// Aliases of one model.
  package var aliasesMax = 64
  /// Bytes of a reason.
  package var reasonBytesMax = 1024
  /// Items of one page of a list.
  package var pageMax = 1000

  /// How long a lease lives without being renewed: six of a worker's renewals, one a second.
  package var leaseDuration: Duration = .seconds(6)
  /// Leases in all.
  package var leasesMax = 10_000
  /// Watchers in all: gateways, supervisors and some people.
  package var watchersMax = 256

  package init() {}
}
