#!/usr/bin/env python3
"""guessing.py HOST:PORT COUNT: tries COUNT keys that nobody made, some with a form that is right.

Exits with 0 if each was refused with `unauthenticated` and the same text.
"""

import concurrent.futures
import secrets
import sys

from wire import UNAUTHENTICATED, Ended, signed_in

LANES = 8
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def guess(number: int) -> bytes:
    """A key of another form each time."""
    parts = ["".join(secrets.choice(ALPHABET) for _ in range(count)) for count in (12, 31, 6)]
    return [
        "_".join(["slip_live", *parts]).encode(),
        b"",
        secrets.token_bytes(40),
        b"slip_" * 1000,
    ][number % 4]


def main() -> int:
    """Tries them in a few lanes."""
    address, count = sys.argv[1], int(sys.argv[2])

    def refusal(number: int) -> tuple:
        try:
            signed_in(address, guess(number))
        except Ended as ended:
            return ended.code, str(ended)
        return None, "taken"

    with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        refusals = set(pool.map(refusal, range(count)))
    if len(refusals) == 1 and next(iter(refusals))[0] == UNAUTHENTICATED:
        return 0
    print(f"refused with {refusals}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
