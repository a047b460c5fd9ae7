"""Whom a client trusts, and how a server that is not trusted is told from one that is away."""

import ssl

import certifi
import httpx


def trusted(url: str) -> ssl.SSLContext:
    """Return what to trust at this address: nobody without TLS, for reading the roots takes 20 ms.

    Otherwise what the system trusts, so that a company's own authority holds here as well, and
    the roots that come with Kith: not every system has a store that OpenSSL finds.
    """
    if httpx.URL(url).scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def certificate_trouble(error: BaseException | None) -> str:
    """Say what is wrong with a server's certificate; empty if that was not the cause."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "it is not valid"
        error = error.__cause__ or error.__context__
    return ""
