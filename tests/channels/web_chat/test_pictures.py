"""What a file is, by its bytes: pictures are known, whatever they are called; everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web_chat.pictures import Picture, recognise
from tests.support.pictures import heic, jpeg, png, webp

PICTURES = [
    (jpeg(4032, 3024, b"x" * 900), Picture("image/jpeg", 4032, 3024)),
    (png(3, 2), Picture("image/png", 3, 2)),
    (webp(1080, 1920), Picture("image/webp", 1080, 1920)),
    (b"RIFF\x40\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x3f\x01\x14\0" + b"." * 9, Picture("image/webp", 320, 81)),
    (b"RIFF\x40\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\0", Picture("image/webp", 320, 240)),
    (heic(), Picture("image/heic")),
    (heic(b"msf1"), Picture("image/heic")),
    (b"\0\0\0\x18ftypisom\0\0\0\0isomheic", Picture("image/heic")),
]
OTHERS = {
    "nothing": b"",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing with scripts": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a GIF": b"GIF89a\x01\0\x01\0",
    "a PDF": b"%PDF-1.7",
    "a program": b"MZ\x90\0",
    "an archive": b"PK\x03\x04",
    "a film": b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    "a page that begins like a JPEG": b"\xff\xd8\xff<script>alert(1)</script>",
    "a JPEG cut off in its head": jpeg(640, 480, b"x" * 900)[:400],
    "a JPEG without a frame": b"\xff\xd8\xff\xda\0\2...\xff\xd9",
    "a PNG cut off": png(3, 2)[:18],
    "a WebP cut off": webp(3, 2)[:22],
    "sound": b"RIFF\x40\0\0\0WAVEfmt ",
    "a PNG of a trillion points": png(1, 1)[:16] + b"\0\x0f\x42\x40\0\x0f\x42\x40" + png(1, 1)[24:],
    "a PNG of none": png(1, 1)[:16] + bytes(8) + png(1, 1)[24:],
}


@pytest.mark.parametrize(("data", "picture"), PICTURES, ids=lambda value: "")
def test_a_picture_is_known_by_its_bytes(data: bytes, picture: Picture) -> None:
    assert recognise(data) == picture


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_anything_else_is_no_picture(data: bytes) -> None:
    assert recognise(data) is None


@given(st.sampled_from([data for data, _ in PICTURES]), st.integers(0, 60), st.binary(max_size=40))
def test_no_bytes_can_break_the_look_at_them(data: bytes, at: int, rubbish: bytes) -> None:
    for broken in (data[:at], data[:at] + rubbish, data[:at] + rubbish + data[at:]):
        found = recognise(broken)
        assert found is None or found.content_type.startswith("image/")
