import Storage

/// The monitor's tables, as migrations that only go forward. Times are nanoseconds since 1970.
enum MonitorSchema {
  static let migrations = [
    Outbox.migration(number: 1), Migration(number: 2, name: "monitor", sql: tables),
  ]

  private static let tables = """
    -- One call of a key to a model. A request is one however often it was made or told.
    CREATE TABLE record (
      id INTEGER PRIMARY KEY,
      model TEXT NOT NULL,
      key_id TEXT NOT NULL,
      request_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      principal TEXT NOT NULL,
      worker TEXT NOT NULL,
      status INTEGER NOT NULL,
      refused INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      duration INTEGER NOT NULL,
      upstream INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      request_bytes INTEGER NOT NULL,
      response_bytes INTEGER NOT NULL,
      rows INTEGER NOT NULL,
      UNIQUE (model, request_id, key_id)
    ) STRICT;
    CREATE INDEX record_by_time ON record (model, started_at);
    CREATE INDEX record_by_age ON record (started_at);

    -- What the rows of a record's inputs and outputs are, as Monitor.StoredSchema.
    CREATE TABLE shape (
      id INTEGER PRIMARY KEY,
      columns BLOB NOT NULL UNIQUE
    ) STRICT;
    -- The rows, as Monitor.StoredRows.
    CREATE TABLE payload (
      record_id INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
      shape_id INTEGER NOT NULL REFERENCES shape (id),
      content BLOB NOT NULL
    ) STRICT;

    -- Each label that came for a row; the one with the highest number holds.
    CREATE TABLE label (
      model TEXT NOT NULL,
      request_id TEXT NOT NULL,
      row INTEGER NOT NULL,
      number INTEGER NOT NULL,
      value TEXT NOT NULL,
      known_at INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      given_by TEXT NOT NULL,
      PRIMARY KEY (model, request_id, row, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX label_by_age ON label (received_at);

    -- `head`: a Monitor.Baseline without columns.
    CREATE TABLE baseline (
      model TEXT NOT NULL,
      number INTEGER NOT NULL,
      version INTEGER NOT NULL,
      head BLOB NOT NULL,
      PRIMARY KEY (model, number)
    ) STRICT;
    -- `profile`: a Monitor.ColumnProfile.
    CREATE TABLE baseline_column (
      model TEXT NOT NULL,
      number INTEGER NOT NULL,
      position INTEGER NOT NULL,
      profile BLOB NOT NULL,
      PRIMARY KEY (model, number, position),
      FOREIGN KEY (model, number) REFERENCES baseline (model, number) ON DELETE CASCADE
    ) STRICT;

    -- A Monitor.Task that somebody set.
    CREATE TABLE task (
      model TEXT NOT NULL PRIMARY KEY,
      content BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- A Monitor.Watch.
    CREATE TABLE watch (
      model TEXT NOT NULL PRIMARY KEY,
      content BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- Surprises of looks in which nothing fired.
    CREATE TABLE quiet_look (
      model TEXT NOT NULL,
      at INTEGER NOT NULL,
      surprise REAL NOT NULL,
      PRIMARY KEY (model, at)
    ) STRICT, WITHOUT ROWID;
    -- A Monitor.Alert.
    CREATE TABLE alert (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL,
      content BLOB NOT NULL
    ) STRICT;
    CREATE INDEX alert_by_model ON alert (model, id);

    -- What gateways lost, by the gateway's connection, and bodies that could not be read.
    CREATE TABLE tally (
      name TEXT NOT NULL PRIMARY KEY,
      count INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
