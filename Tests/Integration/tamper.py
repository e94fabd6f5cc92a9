#!/usr/bin/env python3
"""tamper.py REGISTRY WHAT: what a thief of the registry's disk could do, for the tests.

  artifact   flips a bit in the model file of version 1
  digests    the same, and makes what the registry checks its files against agree
  manifest   gives version 1 the manifest and the files of version 2
  approvals  claims version 1's approvals for version 2, and deploys version 2
  forgery    the same with every statement rewritten to speak of version 2

The suite must not run.
"""

import base64
import hashlib
import json
import pathlib
import sqlite3
import sys

MEBIBYTE = 1 << 20


def deploy(db: sqlite3.Connection, version: int) -> None:
    """Makes the version the whole desired state, as the newest revision."""
    revision = db.execute("SELECT max(revision) FROM deployment").fetchone()[0]
    db.execute("DELETE FROM deployment_target WHERE revision = ?", (revision,))
    db.execute(
        "INSERT INTO deployment_target (model, revision, version, replicas, weight)"
        " SELECT model, revision, ?, 1, 100 FROM deployment WHERE revision = ?",
        (version, revision),
    )


def tamper_artifact(db: sqlite3.Connection, registry: pathlib.Path, agrees: bool) -> None:
    """Flips a bit in the model; `agrees` makes the registry's own check pass."""
    (digest,) = db.execute(
        "SELECT sha256 FROM version_file WHERE version = 1 AND path LIKE '%.onnx'"
    ).fetchone()
    file = registry / "artifacts" / "sha256" / digest.hex()[:2] / digest.hex()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    if agrees:
        blocks = [content[at : at + MEBIBYTE] for at in range(0, len(content), MEBIBYTE)]
        digests = b"".join(hashlib.sha256(block).digest() for block in blocks)
        db.execute("UPDATE artifact SET block_digests = ? WHERE sha256 = ?", (digests, digest))


def exchange_manifests(db: sqlite3.Connection) -> None:
    """Lets version 1 be what version 2 is."""
    columns = "manifest_bundle, card, signature"
    two = db.execute(f"SELECT {columns} FROM version WHERE number = 2").fetchone()
    db.execute(f"UPDATE version SET ({columns}) = (?, ?, ?) WHERE number = 1", two)
    for old, new in [(1, 9), (2, 1), (9, 2)]:
        db.execute("UPDATE version_file SET version = ? WHERE version = ?", (new, old))


def claim_approvals(db: sqlite3.Connection, rewrites: bool) -> None:
    """Shows version 1's approvals as version 2's."""
    digests = dict(db.execute("SELECT number, hex(manifest_digest) FROM version"))
    rows = db.execute("SELECT rowid, * FROM approval WHERE version = 1").fetchall()
    for _, model, _, environment, key, principal, envelope, approved, expires in rows:
        if rewrites:
            document = json.loads(envelope)
            payload = base64.b64decode(document["payload"]).decode()
            payload = payload.replace(digests[1].lower(), digests[2].lower())
            payload = payload.replace('"version":"1"', '"version":"2"')
            document["payload"] = base64.b64encode(payload.encode()).decode()
            envelope = json.dumps(document).encode()
        db.execute(
            "INSERT INTO approval VALUES (?, 2, ?, ?, ?, ?, ?, ?)",
            (model, environment, key, principal, envelope, approved, expires),
        )
    deploy(db, 2)


def main() -> int:
    """Tampers once."""
    registry, what = pathlib.Path(sys.argv[1]), sys.argv[2]
    db = sqlite3.connect(registry / "registry.sqlite")
    if what in ("artifact", "digests"):
        tamper_artifact(db, registry, agrees=what == "digests")
    elif what == "manifest":
        exchange_manifests(db)
    elif what in ("approvals", "forgery"):
        claim_approvals(db, rewrites=what == "forgery")
    else:
        print(f"there is no `{what}`", file=sys.stderr)
        return 2
    db.commit()
    db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
