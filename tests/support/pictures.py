"""Small pictures for tests: heads as cameras write them, and one that a browser shows."""

from __future__ import annotations

import struct
import zlib


def jpeg(width: int, height: int, exif: bytes = b"") -> bytes:
    """A JPEG's head with an EXIF segment before the frame; a browser can't show it."""
    app1 = b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + app1 + frame + b"\xff\xda\0\2...\xff\xd9"


def png(width: int, height: int, colour: tuple[int, int, int] = (11, 61, 99), filler: int = 0) -> bytes:
    """A whole PNG of one colour, made larger by `filler` bytes that mean nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    spare = chunk(b"teSt", b"\0" * filler) if filler else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + spare
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def webp(width: int, height: int) -> bytes:
    """The head of an extended WebP."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides + b"....."


def heic(brand: bytes = b"heic") -> bytes:
    """The first box of an iPhone's picture."""
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + b"...."
