import Storage

/// The tables of policies, as migrations that only go forward.
enum PolicySchema {
  static let migrations = [
    Outbox.migration(number: 1),
    Migration(
      number: 2, name: "policies",
      sql: """
        -- `at`s: microseconds since 1970.
        CREATE TABLE bundle (
          digest TEXT NOT NULL PRIMARY KEY,
          name TEXT NOT NULL,
          version TEXT NOT NULL,
          pushed_by TEXT NOT NULL,
          pushed_at INTEGER NOT NULL,
          UNIQUE (name, version)
        ) STRICT;

        CREATE TABLE bundle_file (
          digest TEXT NOT NULL REFERENCES bundle (digest),
          path TEXT NOT NULL,
          content BLOB NOT NULL,
          PRIMARY KEY (digest, path)
        ) STRICT;

        CREATE TABLE bundle_approval (
          digest TEXT NOT NULL REFERENCES bundle (digest),
          principal TEXT NOT NULL,
          approved_at INTEGER NOT NULL,
          reason TEXT NOT NULL,
          PRIMARY KEY (digest, principal)
        ) STRICT;

        -- Empty for every one.
        CREATE TABLE binding (
          model TEXT NOT NULL,
          channel TEXT NOT NULL,
          locale TEXT NOT NULL,
          digest TEXT NOT NULL REFERENCES bundle (digest),
          bound_by TEXT NOT NULL,
          bound_at INTEGER NOT NULL,
          PRIMARY KEY (model, channel, locale)
        ) STRICT;
        """),
  ]
}
