#!/usr/bin/env python3
"""generate.py > features.json: what magika 1.0.3's own code sees of some contents, as golden digests.

Run in an environment with `pip install magika==1.0.3`. A content is `prefix + unit * count + suffix`, each
part Latin-1; its features are written as the SHA-256 of their little-endian 32-bit values, or null where
magika does not ask the model.
"""

import hashlib
import io
import json
import struct
import sys

from magika import Magika
from magika.types import Seekable

CASES = [
    ("", "", 0, ""),
    ("", "a", 7, ""),
    ("", "a", 8, ""),
    ("", " ", 5000, ""),
    (" \t\n\r\x0b\x0c", "abcdefg", 2, "\n\n  "),
    ("  1234567", " ", 100, ""),
    ("  12345678", " ", 100, ""),
    ("", "line of text\n", 78, ""),
    ("", "line of text\n", 79, ""),
    ("\n" * 4000, "after much white space ", 10, ""),
    ("\n" * 4090, "after too much white space ", 10, ""),
    ("", "0123456789abcdef", 256, ""),
    ("", "0123456789abcdef", 257, ""),
    ("head", "0123456789abcdef", 1000, "tail" + " " * 4090),
    ("head", "0123456789abcdef", 1000, "tail" + " " * 4100),
    ("\x00\x01\xff\x85\xa0", "\x00\x1c\x1d\x1e\x1f", 900, "\x85\xa0\x00"),
]


def features(magika: Magika, content: bytes) -> str | None:
    """The digest of what the model is given."""
    config = magika._model_config
    result, seen = magika._get_result_or_features_from_seekable(Seekable(io.BytesIO(content)))
    if seen is None:
        assert result is not None
        return None
    values = seen.beg + seen.mid + seen.end
    assert len(values) == config.beg_size + config.mid_size + config.end_size
    return hashlib.sha256(struct.pack(f"<{len(values)}i", *values)).hexdigest()


def main() -> None:
    """Writes every case."""
    magika = Magika()
    goldens = []
    for prefix, unit, count, suffix in CASES:
        content = (prefix + unit * count + suffix).encode("latin-1")
        goldens.append(
            {
                "prefix": prefix,
                "unit": unit,
                "count": count,
                "suffix": suffix,
                "features": features(magika, content),
            }
        )
    json.dump(goldens, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
