import Storage

/// The gateway's tables, as migrations that only go forward.
///
/// Times are nanoseconds since 1970. Lists of names are joined by commas, which no name holds.
enum GatewaySchema {
  static let migrations = [
    Outbox.migration(number: 1),
    Migration(
      number: 2, name: "keys and usage",
      sql: """
        -- `digest`: HMAC-SHA-256 of the key's text under the pepper; the key itself is nowhere.
        -- `revision` grows with every change of any key.
        CREATE TABLE api_key (
          id TEXT NOT NULL PRIMARY KEY,
          principal TEXT NOT NULL,
          roles TEXT NOT NULL,
          models TEXT NOT NULL,
          requests_per_second INTEGER NOT NULL,
          in_flight_max INTEGER NOT NULL,
          expires_at INTEGER,
          created_at INTEGER NOT NULL,
          created_by TEXT NOT NULL,
          revoked_at INTEGER,
          replaced_by TEXT REFERENCES api_key (id),
          digest BLOB NOT NULL CHECK (length(digest) = 32),
          revision INTEGER NOT NULL UNIQUE
        ) STRICT, WITHOUT ROWID;

        -- `hour`: hours since 1970. `model` is empty for calls that reached none.
        CREATE TABLE usage (
          hour INTEGER NOT NULL,
          key_id TEXT NOT NULL,
          model TEXT NOT NULL,
          requests INTEGER NOT NULL,
          failures INTEGER NOT NULL,
          refused INTEGER NOT NULL,
          request_bytes INTEGER NOT NULL,
          response_bytes INTEGER NOT NULL,
          duration_nanoseconds INTEGER NOT NULL,
          PRIMARY KEY (hour, key_id, model)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX usage_by_key ON usage (key_id, hour);
        """),
  ]
}
