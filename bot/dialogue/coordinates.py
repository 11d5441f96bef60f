"""Positions as people type them, and as they are read out over the radio."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.messages import Location
from bot.text import fold

_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_MINUTES = r"\d{1,2}(?:[.,]\d+)?"
#: 9.9 · 9°54' · 9°54'30" · 9-54.5 · 9 54 30; groups: degrees, minutes, seconds.
_DEGREES_MINUTES = rf"({_NUMBER})(?:(?:\s*[°*-]\s*|\s+)({_MINUTES})%s\s*'?)?\s*°?"
_ANGLE = _DEGREES_MINUTES % rf"(?:(?:\s*'\s*|\s+)({_MINUTES})\s*(?:\"|'')?)?"
_BARE_ANGLE = _DEGREES_MINUTES % rf"(?:\s*'\s*({_MINUTES})\s*(?:\"|''))?"
_GAP = r"[\s,;:/-]*"
_BEHIND = re.compile(rf"(?<![\w.,]){_ANGLE}\s*([ns])(?![a-z]){_GAP}{_ANGLE}\s*([ew])(?![a-z])")
_BEFORE = re.compile(rf"(?<![a-z])([ns])\s*{_ANGLE}{_GAP}(?<![a-z])([ew])\s*{_ANGLE}(?![\w°])")
#: Two decimal degrees as maps and phones show them; 3 places after the point are no length of a vessel.
_PAIR = re.compile(r"(?<![\d.,])(-?\d{1,2}\.\d{3,})\s*[,; ]\s*(-?\d{1,3}\.\d{3,})(?![\d.])")
_EAGER_PAIR = re.compile(r"(?<![\d.,])(-?\d{1,2}[.,]\d+)\s*(?:[;/\s]|,\s*)\s*(-?\d{2,3}[.,]\d+)(?![\d.,]*\d)")
_EAGER_ANGLES = re.compile(rf"(?<![\d.,]){_BARE_ANGLE}{_GAP}{_BARE_ANGLE}(?![\d.,]*\d)")

_SIGNS = (
    (r"\bdeg(?:rees?)?\b", "°"),
    (r"\b(?:vi do|vi tuyen|latitude|lat)\b(?: bac\b)?[\s:=]*", " n "),
    (r"\b(?:kinh do|kinh tuyen|longitude|long|lon|lng)\b(?: dong\b)?[\s:=]*", " e "),
    (r"(?<=\d)\s*(?:do|d)(?=\s*\d|\W*(?:bac|dong|nam|tay|n|e|s|w)\b)", "°"),
    (r"(?<=\d)\s*(?:phut|p|m)(?=\s*\d|\W*(?:bac|dong|nam|tay|n|e|s|w)\b|\W*$)", "'"),
    (r"(?<=\d)\s*(?:giay)\b", '"'),
    (r"(?<=[\d°'\"])\s*(?:bac|north)\b", "n"),
    (r"(?<=[\d°'\"])\s*(?:dong|east)\b", "e"),
    (r"(?<=[\d°'\"])\s*(?:nam|south)\b", "s"),
    (r"(?<=[\d°'\"])\s*(?:tay|west)\b", "w"),
)
#: What phones type for degrees, minutes and seconds; folding would make letters and spaces of some.
_LOOKALIKES = str.maketrans(
    {"º": "°", "˚": "°", "’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "”": '"', "“": '"', "″": '"'}
)
_RULES = tuple((re.compile(pattern), sign) for pattern, sign in _SIGNS)
#: Vietnamese letters of the compass on a chart plotter: B(ắc) and Đ(ông).
_LETTERS = ((re.compile(r"(?<=[\d°'\"])\s*b\b"), "n"), (re.compile(r"(?<=[\d°'\"])\s*d\b"), "e"))


def find_position(text: str, *, awaited: bool = False) -> Location | None:
    """The position in a text, or None.

    Not `awaited`: only what can hardly be anything else (with points of the compass, or two long decimals). `awaited`:
    two bare numbers will do, if they can be a latitude and a longitude of these waters' hemisphere (east of 90°).
    """
    folded = fold(text.translate(_LOOKALIKES))
    for pattern, sign in _RULES:
        folded = pattern.sub(sign, folded)
    # "vĩ độ 9°54'N" has its point of the compass twice by now.
    folded = re.sub(r"\bn (?=[^nsew]*[ns](?![a-z]))", " ", folded)
    folded = re.sub(r"\be (?=[^nsew]*[ew](?![a-z]))", " ", folded)
    if awaited:
        for pattern, sign in _LETTERS:
            folded = pattern.sub(sign, folded)
    for latitude, longitude in _readings(folded, awaited=awaited):
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Location(latitude=round(latitude, 6), longitude=round(longitude, 6))
    return None


def is_only_position(text: str) -> bool:
    """Whether a text holds a position and hardly anything else."""
    letters = sum(c.isalpha() for c in re.sub(r"https?://\S+", "", text))
    return letters <= 24 and find_position(text, awaited=letters <= 4) is not None


def show_position(location: Location) -> str:
    """Degrees and minutes as they are given over the radio: `9°54.00'N 103°50.00'E` (0.01' is 18 m)."""
    return f"{_angle(location.latitude, 'NS')} {_angle(location.longitude, 'EW')}"


def _readings(text: str, *, awaited: bool) -> Iterator[tuple[float, float]]:
    if (found := _BEHIND.search(text)) and (
        read := _read(found.group(1, 2, 3), found[4], found.group(5, 6, 7), found[8])
    ):
        yield read
    if (found := _BEFORE.search(text)) and (
        read := _read(found.group(2, 3, 4), found[1], found.group(6, 7, 8), found[5])
    ):
        yield read
    if found := _PAIR.search(text):
        yield float(found[1]), float(found[2])
    if not awaited:
        return
    if found := _EAGER_PAIR.search(text):
        latitude, longitude = _value(found[1]), _value(found[2])
        if longitude >= 90:
            yield latitude, longitude
    found = _EAGER_ANGLES.search(text)
    # Without minutes two whole numbers may be anything.
    if found and found[2] and (read := _read(found.group(1, 2, 3), "n", found.group(4, 5, 6), "e")) and read[1] >= 90:
        yield read


def _read(
    latitude: tuple[str | None, ...], north: str | None, longitude: tuple[str | None, ...], east: str | None
) -> tuple[float, float] | None:
    a, b = _degrees(latitude), _degrees(longitude)
    if a is None or b is None:
        return None
    return (-a if north == "s" else a), (-b if east == "w" else b)


def _degrees(parts: tuple[str | None, ...]) -> float | None:
    degrees, minutes, seconds = (_value(part) if part else 0.0 for part in parts)
    return None if minutes >= 60 or seconds >= 60 else degrees + minutes / 60 + seconds / 3600


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _angle(value: float, letters: str) -> str:
    hundredths = round(abs(value) * 6000)  # of a minute, so that 59.999' never shows as 60.00'
    degrees, rest = divmod(hundredths, 6000)
    return f"{degrees}°{rest / 100:05.2f}'{letters[value < 0]}"
