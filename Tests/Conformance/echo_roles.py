"""Prints, as `roles.pub` has them, the keys that the benchmarks give to the roles of their echo."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P256_BYTES = bytes(33)  # Nothing of the wire is signed with it.

for role, byte in {"gateway": 1, "inference-worker": 2}.items():
    key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32).public_key()
    content = key.public_bytes(Encoding.Raw, PublicFormat.Raw) + P256_BYTES
    print(role, "slipway-ed25519-p256", base64.b64encode(content).decode())
