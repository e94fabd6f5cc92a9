#!/usr/bin/env python3
"""tamper.py REGISTRY WHAT [ARGUMENT…]: what a thief of the registry's disk could do, for the tests.

  artifact NAME       flips a bit in the middle of the file NAME of version 1
  manifest            gives version 1 the manifest of version 2
  approvals           claims version 1's approvals for version 2, and deploys version 2
  forge ENVELOPE KEY  signs for approvers: replaces every envelope of version 2, and deploys it

The suite must not run.
"""

import pathlib
import sqlite3
import sys


def deploy(db: sqlite3.Connection, version: int) -> None:
    """Makes the version the whole desired state, as the newest revision."""
    revision = db.execute("SELECT max(revision) FROM deployment").fetchone()[0]
    db.execute("DELETE FROM deployment_target WHERE revision = ?", (revision,))
    db.execute(
        "INSERT INTO deployment_target SELECT model, revision, ?, 1, 100 FROM deployment"
        " WHERE revision = ?",
        (version, revision),
    )


def main() -> int:
    """Tampers once."""
    registry, what = pathlib.Path(sys.argv[1]), sys.argv[2]
    db = sqlite3.connect(registry / "registry.sqlite")
    if what == "artifact":
        (digest,) = db.execute(
            "SELECT sha256 FROM version_file WHERE version = 1 AND path = ?", (sys.argv[3],)
        ).fetchone()
        name = digest.hex()
        file = registry / "artifacts" / "sha256" / name[:2] / name
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.chmod(0o600)
        file.write_bytes(content)
    elif what == "manifest":
        db.execute("PRAGMA foreign_keys = OFF")
        bundle = db.execute("SELECT manifest_bundle FROM version WHERE number = 2").fetchone()[0]
        db.execute("UPDATE version SET manifest_bundle = ? WHERE number = 1", (bundle,))
        db.execute("UPDATE version_file SET version = 9 WHERE version = 1")
        db.execute("UPDATE version_file SET version = 1 WHERE version = 2")
        db.execute("UPDATE version_file SET version = 2 WHERE version = 9")
    elif what == "approvals":
        db.execute(
            "INSERT INTO approval SELECT model, 2, environment, key_id, principal, envelope,"
            " approved_at, expires_at FROM approval WHERE version = 1"
        )
        deploy(db, 2)
    else:
        print(f"there is no `{what}`", file=sys.stderr)
        return 2
    db.commit()
    db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
