"""Files beside messages, on both databases: drafts, what was posted, and what is swept away."""

from __future__ import annotations

import datetime as dt

from bot.messages import FileRef, StoredFile
from bot.store import Store, StoredFiles, describe_files
from tests.support.clock import FrozenClock

PHOTO = StoredFile("image/png", bytes(range(256)) * 40_000, 100, 50)  # 10 MB of every byte there is
OTHER = StoredFile("image/jpeg", b"\xff\xd8\xff", None, None)


async def test_a_file_comes_back_byte_for_byte_in_another_process(store: Store, clock: FrozenClock) -> None:
    await StoredFiles(store, clock, "web").keep("c", "m", PHOTO)
    elsewhere = Store(store.url.render_as_string(hide_password=False))
    try:
        assert await StoredFiles(elsewhere, clock, "web").load("c", "m") == PHOTO
    finally:
        await elsewhere.close()
    assert await StoredFiles(store, clock, "zalo").load("c", "m") is None


async def test_a_draft_can_be_replaced_and_taken_back_and_a_posted_one_cannot(store: Store, clock: FrozenClock) -> None:
    files = StoredFiles(store, clock, "web")
    await files.keep("c", "m", OTHER)
    await files.keep("c", "m", PHOTO)
    assert await files.load("c", "m") == PHOTO
    await files.drop("c", "m")
    assert await files.load("c", "m") is None
    assert not await files.post("c", "m")

    await files.keep("c", "m", PHOTO)
    assert await files.post("c", "m")
    assert await files.post("c", "m")
    await files.keep("c", "m", OTHER)
    await files.drop("c", "m")
    assert await files.load("c", "m") == PHOTO


async def test_drafts_that_were_left_behind_are_swept(store: Store, clock: FrozenClock) -> None:
    files = StoredFiles(store, clock, "web")
    await files.keep("c", "left", OTHER)
    await files.keep("c", "sent", OTHER)
    await files.post("c", "sent")
    assert await files.kept_since(clock.now()) == 6
    clock.advance(hours=25)
    await files.keep("d", "new", OTHER)
    assert await files.load("c", "left") is None
    assert await files.load("c", "sent") == OTHER
    assert await files.kept_since(clock.now() - dt.timedelta(days=1)) == 3


async def test_descriptions_come_without_the_bytes(store: Store, clock: FrozenClock) -> None:
    files = StoredFiles(store, clock, "web")
    await files.keep("c", "m", PHOTO)
    async with store.read() as session:
        found = await describe_files(session, "web", [("c", "m"), ("c", "none")])
    assert found == {
        ("c", "m"): FileRef(
            channel="web",
            chat_id="c",
            message_id="m",
            content_type="image/png",
            size=len(PHOTO.content),
            width=100,
            height=50,
        )
    }
