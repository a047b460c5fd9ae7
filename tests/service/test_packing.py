"""What is sent in gzip: readable by every decoder, at once, and silent about what people wrote."""

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.service.packing import Packing, accepts_gzip, gzipped

GZIP = zlib.MAX_WBITS | 16
TEXTS = st.text(st.sampled_from('ab":,\\\n\u00e9\u4e2d\U0001f600{}[]idst '), max_size=40)
PROFILES = st.lists(
    st.fixed_dictionaries(
        {
            "address": TEXTS,
            "version": st.integers(0, 10**6),
            "fields": st.dictionaries(TEXTS, TEXTS),
        }
    ),
    max_size=20,
)


def listed(*statuses: str) -> bytes:
    """A list as the service writes it: some people, and what each of them says of themselves."""
    people = [
        {"address": f"1800555{number:04}", "fields": {"name": "N", "status": status}}
        for number, status in enumerate(statuses)
    ]
    return json.dumps(people, separators=(",", ":"), ensure_ascii=False).encode()


@given(st.binary(max_size=2000))
def test_any_bytes_come_back(data: bytes) -> None:
    assert gzip.decompress(gzipped(data)) == data


@given(PROFILES)
def test_what_people_write_comes_back(profiles: object) -> None:
    data = json.dumps(profiles, separators=(",", ":"), ensure_ascii=False).encode()
    assert gzip.decompress(gzipped(data)) == data


def test_a_part_of_any_length_is_referred_to_at_any_distance() -> None:
    """Every code of the RFC's two tables is met."""
    for length in range(1, 262):
        part = (b'"' + b"k" * (length - 4) + b'":"')[-length:]
        away = (1, 2, 3, 5, 8, 13, 40, 100, 250, 500, 1000, 3000, 9000, 20_000, 32_768 - length)
        data = b"".join(part + b"x" * each for each in away) + part
        assert gzip.decompress(gzipped(data)) == data


def test_what_is_too_far_behind_is_written_again() -> None:
    data = b'"status":"' + b"x" * 40_000 + b'"status":"' + b"y" * 40_000
    assert gzip.decompress(gzipped(data)) == data


def test_the_frame_is_written_once() -> None:
    ours = len(gzipped(listed(*("Good morning",) * 50)))
    assert ours < len(listed(*("Good morning",) * 50)) / 2


@pytest.mark.parametrize(
    ("secret", "guess", "miss"),
    [
        ("I am in Oslo today", "I am in Oslo today", "We go to Rome soon"),
        ('"contact":true', '"contact":true', '"archive":calm'),
        ("18005550001", "18005550001", "29116661112"),
        ("a" * 60, "a" * 60, "abcdefghij" * 6),
        ("N", "N", "Z"),
    ],
)
def test_no_length_tells_that_two_people_wrote_alike(secret: str, guess: str, miss: str) -> None:
    right, wrong = listed(secret, guess), listed(secret, miss)
    assert len(right) == len(wrong)
    assert len(gzipped(right)) == len(gzipped(wrong))


def test_a_packer_that_compares_texts_would_tell() -> None:
    right, wrong = (
        listed("I am in Oslo today", guess)
        for guess in ("I am in Oslo today", "We go to Rome soon")
    )
    assert len(zlib.compress(right)) < len(zlib.compress(wrong))


def test_each_piece_can_be_read_at_once() -> None:
    packing = Packing()
    reader = zlib.decompressobj(GZIP)
    backlog = b'id: A\nevent: profile\ndata: {"address":"1","version":1}\n\n' * 9
    assert reader.decompress(packing.add(backlog)) == backlog
    for piece in (b":\n\n", "event: \u4e2d\n\n".encode(), b"x" * 200_000, b"id: B\n\n"):
        assert reader.decompress(packing.add(piece)) == piece
        assert not reader.eof
    assert reader.decompress(packing.end()) == b""
    assert reader.eof
    assert reader.unused_data == b""


def test_a_piece_is_sent_as_it_is_once_the_backlog_is_over() -> None:
    packing = Packing()
    packing.add(b"backlog")
    assert b"some event" in packing.add(b"some event")
    assert len(packing.add(b"some event")) == len(b"some event") + 5


def test_a_wrong_byte_is_noticed() -> None:
    packing = Packing()
    member = packing.add(b"one") + packing.add(b"two") + packing.end()
    assert gzip.decompress(member) == b"onetwo"
    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(member.replace(b"two", b"owt"))


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("gzip ; q=1.000", True),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("identity;q=0, gzip", True),
        ("", False),
        ("identity", False),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=2", False),
        ("gzip;q=nan", False),
        ("gzip;q=", False),
        ("gzip;level=9", False),
        ("gzipped", False),
        (";q=1", False),
    ],
)
def test_gzip_is_sent_to_whoever_prefers_it(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted
