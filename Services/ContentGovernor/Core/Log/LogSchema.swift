import Storage

/// The log's tables, as migrations that only go forward.
///
/// What is hashed and what stands beside it are written in segments, one for each commit: what an entry
/// costs is a row in `identifier`. Everything that only queries need is in `mention` and `moment`, which
/// follow later.
enum LogSchema {
  static let migrations = [
    Migration(
      number: 1, name: "log",
      sql: """
        -- The entries from `first` on. `leaves`: a bundle as of C2SP tlog-tiles, of any length.
        -- `records`: see LogSegment.
        CREATE TABLE segment (
          first INTEGER PRIMARY KEY,
          leaves BLOB NOT NULL,
          records BLOB NOT NULL
        ) STRICT;

        CREATE TABLE identifier (
          id BLOB NOT NULL PRIMARY KEY,
          idx INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Full tiles only.
        CREATE TABLE tile (
          level INTEGER NOT NULL,
          idx INTEGER NOT NULL,
          hashes BLOB NOT NULL,
          PRIMARY KEY (level, idx)
        ) STRICT, WITHOUT ROWID;

        -- One row. `indexed`: entries that `mention` and `moment` know.
        CREATE TABLE head (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          size INTEGER NOT NULL,
          root BLOB NOT NULL,
          indexed INTEGER NOT NULL
        ) STRICT;

        -- Who and what entries name, and the kinds of entries. Without a name and a secret: erased.
        CREATE TABLE party (
          id INTEGER PRIMARY KEY,
          kind TEXT NOT NULL,
          name TEXT,
          secret BLOB,
          UNIQUE (kind, name)
        ) STRICT;

        -- `at`: microseconds since 1970.
        CREATE TABLE mention (
          party INTEGER NOT NULL,
          idx INTEGER NOT NULL,
          at INTEGER NOT NULL,
          PRIMARY KEY (party, idx)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE moment (
          at INTEGER NOT NULL,
          idx INTEGER NOT NULL,
          PRIMARY KEY (at, idx)
        ) STRICT, WITHOUT ROWID;

        -- The newest checkpoint that each witness cosigned.
        CREATE TABLE witnessed (
          witness TEXT NOT NULL PRIMARY KEY,
          size INTEGER NOT NULL,
          checkpoint BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
  ]
}
