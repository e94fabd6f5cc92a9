"""What a client checks before it shows its key: section 3 of PROTOCOL.md."""

from __future__ import annotations

import base64
import pathlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Untrusted(Exception):
    """The server is not who it should be; nothing secret has been sent."""


def field(content: bytes) -> bytes:
    """Length, big-endian, then content."""
    return struct.pack(">I", len(content)) + content


def transcript(
    side: str, version: int, nonces: tuple[bytes, bytes], roles: tuple[str, str], address: str
) -> bytes:
    """What `side` signs; nonces and roles are the client's, then the server's."""
    return b"".join([
        field(f"slipway handshake v1 {side}".encode()),
        field(struct.pack(">I", version)),
        *map(field, nonces),
        *(field(role.encode()) for role in roles),
        field(address.encode()),
    ])  # fmt: skip


def role_key(role: str, keys: pathlib.Path) -> Ed25519PublicKey:
    """The role's Ed25519 key as the machine's `DIR/keys/roles.pub` says it."""
    for line in keys.read_text().splitlines():
        words = line.split()
        if words[:2] == [role, "slipway-ed25519-p256"]:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(words[2])[:32])
    raise Untrusted(f"no key of the role `{role}`")


def verify(hello, welcome, address: str, keys: pathlib.Path, certified: str | None = None) -> None:
    """Throws Untrusted unless the welcome comes from who listens at `address`, with a role key of `keys`; over TLS,
    unless it is of the role `certified` that the certificate says."""
    if not hello.version_min <= welcome.version <= hello.version:
        raise Untrusted(f"version {welcome.version} was not asked for")
    if welcome.capabilities & ~hello.capabilities:
        raise Untrusted("capabilities that this side does not have")
    if certified is None and welcome.address != address:
        raise Untrusted(f"`{welcome.address}` answers where `{address}` was dialled")
    if len(welcome.nonce) != 32 or welcome.nonce == hello.nonce:
        raise Untrusted("the nonce is no nonce")
    if certified is not None:
        if certified != welcome.role:
            raise Untrusted(f"the certificate is of the role `{certified}`, not `{welcome.role}`")
        return
    signed = transcript(
        "server", welcome.version, (hello.nonce, welcome.nonce), (hello.role, welcome.role), address
    )
    try:
        role_key(welcome.role, keys).verify(welcome.signature, signed)
    except InvalidSignature:
        raise Untrusted("the signature does not hold") from None


class Service:
    """A service's own role key, which it proves itself with."""

    def __init__(self, role: str, seed: bytes):
        self.role = role
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, hello, welcome) -> bytes:
        """The signature of the proof."""
        nonces, roles = (hello.nonce, welcome.nonce), (hello.role, welcome.role)
        return self._key.sign(transcript("client", welcome.version, nonces, roles, welcome.address))
