"""Certificates for measuring over TLS: an authority and one certificate for each role, as `slipway certs
init` makes them, and for a day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness import build

DAYS = 1
ROLES = ("gateway", "inference-worker")


def make(folder: Path, roles: Sequence[str] = ROLES, *, install: bool = False) -> Path:
    """The folder with `authority.pem` and `ROLE.pem` and `ROLE.key` for each role."""
    build.need_packages(("openssl",), install=install)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = folder / "authority"
    _request(authority, "benchmark authority", (
        "-x509", "-days", str(DAYS), "-addext", "basicConstraints=critical,CA:true,pathlen:0",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign"))
    for role in roles:
        _request(folder / role, role, (
            "-x509", "-days", str(DAYS), "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-addext", "basicConstraints=critical,CA:false",
            "-addext", "keyUsage=critical,digitalSignature",
            "-addext", "extendedKeyUsage=serverAuth,clientAuth",
            "-addext", f"subjectAltName=DNS:localhost,URI:slipway:role:{role}"))
    return folder


def _request(path: Path, name: str, more: Sequence[str]) -> None:
    build.run([
        "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-subj", f"/CN={name}", "-keyout", f"{path}.key", "-out", f"{path}.pem", *more])
