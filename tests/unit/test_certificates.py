"""Nobody is trusted where nothing is encrypted, and everybody is checked where it is."""

import ssl

import pytest

from app.certificates import trusted


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://kith.example"])
def test_no_server_is_taken_on_trust(url: str) -> None:
    context = trusted(url)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert bool(context.get_ca_certs()) is url.startswith("https")
