"""Which picture a file is, by its own bytes: what a browser calls it is only what its name ends in (pure).

Each format's first bytes: JPEG (ITU-T T.81, B.1.1.3), PNG (RFC 2083, 3.1), WebP (RFC 9649), HEIC/HEIF (ISO/IEC
23008-12, 10.2: the brand in `ftyp`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

#: A picture of more points freezes whoever opens it, however few bytes it has; phones make up to 200 million.
MAX_POINTS = 250_000_000
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
#: JPEG markers that stand alone, without a length.
_ALONE = {0x01, *range(0xD0, 0xD8)}
#: Start of frame: every kind but DHT (C4), JPG (C8) and DAC (CC).
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's true type, and its sides in pixels where they are told at the beginning."""

    content_type: str
    width: int | None = None
    height: int | None = None


def recognise(data: bytes) -> Picture | None:
    """The picture that the bytes are; None for anything else, damaged, or too large to be opened."""
    picture = _read(data)
    if picture is None or picture.width is None or picture.height is None:
        return picture
    points = picture.width * picture.height
    return picture if 0 < points <= MAX_POINTS else None


def _read(data: bytes) -> Picture | None:
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return Picture("image/png", *struct.unpack(">II", data[16:24]))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
        if data[4:8] == b"ftyp" and _HEIC_BRANDS & {data[8:12], *_brands(data)}:
            return Picture("image/heic")
    except (struct.error, IndexError):
        return None  # cut off in the middle of its head
    return None


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        elif marker in (0xD9, 0xDA):  # the end, or the points, without a frame before them
            return None
        else:
            (length,) = struct.unpack(">H", data[at + 2 : at + 4])
            at += 2 + length
    return None


def _webp(data: bytes) -> Picture | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(data[i : i + 3], "little") + 1 for i in (24, 27))
    elif chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return Picture("image/webp", width, height) if len(data) >= 30 else None


def _brands(data: bytes) -> set[bytes]:
    """The compatible brands of an ISO file's first box."""
    end = min(int.from_bytes(data[:4], "big"), 128)
    return {data[i : i + 4] for i in range(16, end, 4)}
