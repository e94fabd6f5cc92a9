/// Where a call goes: one version in one ``RouteTable``, and in no other.
package struct Route: Sendable, Hashable {
  /// Number of the version.
  package let version: UInt32
  /// Dense number of model and version for counters, stable while the process runs.
  package let versionSlot: Int
  let modelIndex: Int
  let versionIndex: Int
}
