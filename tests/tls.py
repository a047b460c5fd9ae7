"""An authority of our own, and a front that speaks TLS before a server that does not."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
NO_PASSWORD = serialization.NoEncryption()
SIGNS = x509.KeyUsage(*(use == 5 for use in range(9)))  # certificates, and nothing else
AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None), SIGNS)


class Authority:
    """Signs names; `roots` is the file that whoever trusts it reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests of Kith")])
        self.roots = folder / "roots.pem"
        self.roots.write_bytes(self._sign(self._name, self._key, AUTHORITY))

    def server(self, host: str, *, until: timedelta = DAY) -> ssl.SSLContext:
        """Make what a server needs to prove that it is this host, until then."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        path = self._folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, NO_PASSWORD
            )
            + self._sign(name, key, (names,), until)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extensions: tuple[x509.ExtensionType, ...],
        until: timedelta = DAY,
    ) -> bytes:
        now = datetime.now(UTC)
        # Python 3.13 trusts only what names both keys (RFC 5280, 4.2.1.1 and 4.2.1.2).
        own, signing = key.public_key(), self._key.public_key()
        keys = (
            x509.SubjectKeyIdentifier.from_public_key(own),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing),
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * DAY)
            .not_valid_after(now + until)
        )
        for extension in (*extensions, *keys):
            made = made.add_extension(extension, critical=extension in AUTHORITY)
        return made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@asynccontextmanager
async def tls_front(port: int, context: ssl.SSLContext) -> AsyncIterator[tuple[int, bytearray]]:
    """Pass on to a port what comes over TLS; yields the port of the front, and what came."""
    came = bytearray()

    async def inward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            came.extend(data)
            writer.write(data)
        writer.close()

    async def outward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, on = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(inward(reader, on))
            tasks.create_task(outward(back, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1], came
