#!/usr/bin/env python3
"""tls_peer.py HOST:PORT NAME AUTHORITY VERSION: a TLS client of another make, for the integration tests.

Verifies the server strictly (RFC 5280) against the file AUTHORITY and the name NAME, offers TLS up to
VERSION (1.2 or 1.3) and prints what was agreed on. Exits with 1 and the reason if nothing was.
"""

import socket
import ssl
import sys

TIMEOUT_SECONDS = 20


def main() -> int:
    host, port = sys.argv[1].rsplit(":", 1)
    context = ssl.create_default_context(cafile=sys.argv[3])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if sys.argv[4] == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        with socket.create_connection((host, int(port)), TIMEOUT_SECONDS) as plain:
            with context.wrap_socket(plain, server_hostname=sys.argv[2]) as secure:
                print(secure.version())
                return 0
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


sys.exit(main())
