"""What a browser posts, checked and turned into the vocabulary."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from bot.messages import Content, Location, Media, MediaKind, Press, Text

#: The longest text that is taken, in characters.
TEXT_LIMIT = 5_000
#: Telegram's limit for a button's data, which ours keep to everywhere.
DATA_LIMIT_BYTES = 64

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,40}$")]


class _Posted(BaseModel):
    """What every post has: an id made by the browser, so that a repeated post changes nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: ClientId
    lang: Literal["vi", "en"] = "vi"


class PostedText(_Posted):
    """Written words."""

    kind: Literal["text"]
    text: str


class PostedPress(_Posted):
    """A tap on a button; `label` is only for showing the visitor's own history, `of` is the row with the button."""

    kind: Literal["press"]
    data: Annotated[str, StringConstraints(min_length=1, max_length=DATA_LIMIT_BYTES)]
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    of: Annotated[str, StringConstraints(pattern=r"^[a-z]?[0-9]{0,18}$")] | None = None


class PostedPhoto(_Posted):
    """A photo that was handed over under the same id before, with words or without."""

    kind: Literal["photo"]
    caption: str = ""


class PostedLocation(_Posted):
    """A position from the browser: degrees, metres."""

    kind: Literal["location"]
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    accuracy: float | None = Field(default=None, ge=0, allow_inf_nan=False)


Posted = PostedText | PostedPress | PostedPhoto | PostedLocation
_POSTED: TypeAdapter[Posted] = TypeAdapter(Annotated[Posted, Field(discriminator="kind")])


def is_client_id(text: str) -> bool:
    """Whether it is an id as browsers make them for their posts."""
    return re.fullmatch(r"[A-Za-z0-9_-]{8,40}", text) is not None


def read(payload: object) -> Posted:
    """The post; raises pydantic's `ValidationError`."""
    return _POSTED.validate_python(_clean(payload))


def content_of(posted: Posted) -> Content:
    """The post in the house's vocabulary."""
    match posted:
        case PostedText():
            return Text(text=posted.text)
        case PostedPress():
            return Press(data=posted.data, press_id=posted.id, message_id=posted.of)
        case PostedPhoto():
            return Media(media=MediaKind.PHOTO, caption=posted.caption)
        case PostedLocation():
            return Location(
                latitude=posted.latitude,
                longitude=posted.longitude,
                accuracy_m=posted.accuracy,
            )


def _clean(payload: object) -> object:
    """Without what no database takes: NUL (PostgreSQL) and halves of surrogate pairs (UTF-8). Posts are flat."""
    if not isinstance(payload, dict):
        return payload
    return {name: _storable(value) if isinstance(value, str) else value for name, value in payload.items()}


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
