import Storage

/// The registry's tables, as migrations that only go forward.
///
/// Times are nanoseconds since 1970. Digests are their 32 bytes.
enum RegistrySchema {
  static let migrations = [
    Outbox.migration(number: 1), Migration(number: 2, name: "registry", sql: tables),
    Migration(
      number: 3, name: "probe records",
      // Empty where nobody probed the version.
      sql: "ALTER TABLE version ADD COLUMN probe BLOB NOT NULL DEFAULT x''"),
    Migration(number: 4, name: "scaling", sql: scaling),
  ]

  /// Workers follow the load where `replicas_max` is not 0. `asked_replicas`: how many it asks for now; of
  /// the current desired state only.
  private static let scaling = """
    ALTER TABLE deployment_target ADD COLUMN replicas_min INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE deployment_target ADD COLUMN replicas_max INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE deployment_target ADD COLUMN wait_target INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE deployment_target ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;

    CREATE INDEX deployment_target_scaled ON deployment_target (model, revision)
      WHERE replicas_max > 0;

    CREATE TABLE asked_replicas (
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      replicas INTEGER NOT NULL,
      PRIMARY KEY (model, version),
      FOREIGN KEY (model, version) REFERENCES version (model, number)
    ) STRICT, WITHOUT ROWID;
    """

  private static let tables = """
    CREATE TABLE model (
      name TEXT NOT NULL PRIMARY KEY,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- `block_digests`: SHA-256 of each MiB of the file, one after the other.
    CREATE TABLE artifact (
      sha256 BLOB NOT NULL PRIMARY KEY,
      byte_count INTEGER NOT NULL,
      block_digests BLOB NOT NULL
    ) STRICT;

    CREATE TABLE version (
      model TEXT NOT NULL REFERENCES model (name),
      number INTEGER NOT NULL,
      manifest_digest BLOB NOT NULL,
      manifest_bundle BLOB NOT NULL,
      pushed_by TEXT NOT NULL,
      pusher_key_id TEXT NOT NULL,
      pushed_at INTEGER NOT NULL,
      lineage_data TEXT NOT NULL,
      lineage_commit TEXT NOT NULL,
      lineage_parent INTEGER NOT NULL,
      card BLOB NOT NULL,
      signature BLOB NOT NULL,
      PRIMARY KEY (model, number),
      UNIQUE (model, manifest_digest)
    ) STRICT;

    CREATE TABLE version_file (
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      path TEXT NOT NULL,
      sha256 BLOB NOT NULL REFERENCES artifact (sha256),
      PRIMARY KEY (model, version, path),
      FOREIGN KEY (model, version) REFERENCES version (model, number)
    ) STRICT, WITHOUT ROWID;

    -- A push stays for a while after its commit, so that the commit can be repeated.
    CREATE TABLE push (
      id TEXT NOT NULL PRIMARY KEY,
      model TEXT NOT NULL,
      manifest_digest BLOB NOT NULL,
      manifest_bundle BLOB NOT NULL,
      principal TEXT NOT NULL,
      lineage_data TEXT NOT NULL,
      lineage_commit TEXT NOT NULL,
      lineage_parent INTEGER NOT NULL,
      touched_at INTEGER NOT NULL,
      committed_version INTEGER
    ) STRICT;

    -- `block_digests` is null until the file is whole and its digest is right.
    CREATE TABLE push_file (
      push_id TEXT NOT NULL REFERENCES push (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      sha256 BLOB NOT NULL,
      byte_count INTEGER NOT NULL,
      block_digests BLOB,
      PRIMARY KEY (push_id, path)
    ) STRICT;
    CREATE INDEX push_file_by_digest ON push_file (sha256);

    CREATE TABLE alias (
      model TEXT NOT NULL,
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      PRIMARY KEY (model, name),
      FOREIGN KEY (model, version) REFERENCES version (model, number)
    ) STRICT, WITHOUT ROWID;

    -- What an approval says stands in its signed envelope; the other columns are for finding it.
    CREATE TABLE approval (
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      environment TEXT NOT NULL,
      key_id TEXT NOT NULL,
      principal TEXT NOT NULL,
      envelope BLOB NOT NULL,
      approved_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (model, version, environment, key_id),
      FOREIGN KEY (model, version) REFERENCES version (model, number)
    ) STRICT;

    CREATE TABLE deployment (
      model TEXT NOT NULL REFERENCES model (name),
      revision INTEGER NOT NULL,
      environment TEXT NOT NULL,
      set_by TEXT NOT NULL,
      set_at INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (model, revision)
    ) STRICT;

    CREATE TABLE deployment_target (
      model TEXT NOT NULL,
      revision INTEGER NOT NULL,
      version INTEGER NOT NULL,
      replicas INTEGER NOT NULL,
      weight INTEGER NOT NULL,
      PRIMARY KEY (model, revision, version),
      FOREIGN KEY (model, revision) REFERENCES deployment (model, revision),
      FOREIGN KEY (model, version) REFERENCES version (model, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lease (
      worker_id TEXT NOT NULL PRIMARY KEY,
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      endpoint TEXT NOT NULL,
      state TEXT NOT NULL,
      acquired_at INTEGER NOT NULL,
      process_id INTEGER NOT NULL,
      host TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
