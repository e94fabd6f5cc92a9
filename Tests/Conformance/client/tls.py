"""TLS 1.3 to a server that proves its role: section 3 of PROTOCOL.md, *Who proves what*."""

from __future__ import annotations

import pathlib
import socket
import ssl

from cryptography import x509

from client.handshake import Untrusted

ROLE_PREFIX = "slipway:role:"


def secure(plain: socket.socket, certs: pathlib.Path) -> ssl.SSLSocket:
    """The socket under TLS, its server's certificate signed by the authority of the folder. A key proves this
    side, so that it shows no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # The role is what counts, not where it runs.
    context.load_verify_locations(certs / "authority.pem")
    return context.wrap_socket(plain)


def role(secured: ssl.SSLSocket) -> str:
    """The role that the server's certificate says."""
    certificate = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    for uri in names.get_values_for_type(x509.UniformResourceIdentifier):
        if uri.startswith(ROLE_PREFIX):
            return uri.removeprefix(ROLE_PREFIX)
    raise Untrusted("the certificate names no role")
