import Storage

/// The tables of content under review, as migrations that only go forward.
///
/// Times are milliseconds since 1970. What people wrote is sealed; see ``ContentKey``.
enum ContentSchema {
  static let migrations = [
    Outbox.migration(number: 1), Migration(number: 2, name: "content", sql: tables),
  ]

  private static let tables = """
    -- People and items, each with the secret that seals what is kept of them. Without a name and a
    -- secret: erased.
    CREATE TABLE party (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      name TEXT,
      secret BLOB,
      UNIQUE (kind, name)
    ) STRICT;

    -- `definition`: the contracts' bytes without people; those are in `member`.
    CREATE TABLE workflow (
      name TEXT NOT NULL,
      revision INTEGER NOT NULL,
      definition BLOB NOT NULL,
      PRIMARY KEY (name, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE member (
      workflow TEXT NOT NULL,
      revision INTEGER NOT NULL,
      role TEXT NOT NULL,
      party INTEGER NOT NULL REFERENCES party (id),
      PRIMARY KEY (workflow, revision, role, party),
      FOREIGN KEY (workflow, revision) REFERENCES workflow (name, revision)
    ) STRICT, WITHOUT ROWID;

    -- What can be made of `revision` and `act` again, for lists: `state`, `current`, `due_at`.
    CREATE TABLE item (
      id TEXT NOT NULL PRIMARY KEY,
      party INTEGER NOT NULL REFERENCES party (id),
      author INTEGER NOT NULL REFERENCES party (id),
      origin_model TEXT NOT NULL,
      origin_version INTEGER NOT NULL,
      origin_request TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      state TEXT NOT NULL,
      channel TEXT NOT NULL,
      current INTEGER NOT NULL,
      due_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX item_by_state ON item (state, id);
    CREATE INDEX item_by_due ON item (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX item_by_author ON item (author);
    CREATE TABLE subject (
      item TEXT NOT NULL REFERENCES item (id),
      party INTEGER NOT NULL REFERENCES party (id),
      PRIMARY KEY (item, party)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX subject_by_party ON subject (party);

    -- `content`, `verdict`: sealed; empty once erased. `seal`: see ReviewSeal.
    CREATE TABLE revision (
      item TEXT NOT NULL REFERENCES item (id),
      number INTEGER NOT NULL,
      cause TEXT NOT NULL,
      channel TEXT NOT NULL,
      locale TEXT NOT NULL,
      audience TEXT NOT NULL,
      format TEXT NOT NULL,
      template TEXT NOT NULL,
      template_revision INTEGER NOT NULL,
      slot TEXT NOT NULL,
      bundle TEXT NOT NULL,
      workflow TEXT NOT NULL,
      workflow_revision INTEGER NOT NULL,
      approvable INTEGER NOT NULL,
      seal BLOB NOT NULL,
      content BLOB NOT NULL,
      verdict BLOB NOT NULL,
      writer INTEGER REFERENCES party (id),
      written_at INTEGER NOT NULL,
      PRIMARY KEY (item, number)
    ) STRICT;

    -- `text`: sealed, also under its actor's secret; empty for none.
    CREATE TABLE act (
      item TEXT NOT NULL REFERENCES item (id),
      number INTEGER NOT NULL,
      kind TEXT NOT NULL,
      revision INTEGER NOT NULL,
      actor INTEGER REFERENCES party (id),
      at INTEGER NOT NULL,
      until INTEGER,
      text BLOB NOT NULL,
      PRIMARY KEY (item, number)
    ) STRICT;
    CREATE INDEX act_by_actor ON act (actor) WHERE actor IS NOT NULL;

    -- Who has got what, each once.
    CREATE TABLE delivery (
      item TEXT NOT NULL REFERENCES item (id),
      revision INTEGER NOT NULL,
      recipient INTEGER NOT NULL REFERENCES party (id),
      at INTEGER NOT NULL,
      PRIMARY KEY (item, revision, recipient)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_by_recipient ON delivery (recipient);

    -- What was done for which request.
    CREATE TABLE request (
      actor INTEGER NOT NULL REFERENCES party (id),
      key TEXT NOT NULL,
      verb TEXT NOT NULL,
      subject TEXT NOT NULL,
      PRIMARY KEY (actor, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE template (
      name TEXT NOT NULL,
      revision INTEGER NOT NULL,
      format TEXT NOT NULL,
      body BLOB NOT NULL,
      slots BLOB NOT NULL,
      digest BLOB NOT NULL,
      setter INTEGER NOT NULL REFERENCES party (id),
      set_at INTEGER NOT NULL,
      approver INTEGER REFERENCES party (id),
      approved_at INTEGER,
      PRIMARY KEY (name, revision)
    ) STRICT;
    """
}
