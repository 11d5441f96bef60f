"""The overlay as YAML files: copied over the knowledge folder they make the files say what is live."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.curation.overlay import Overlaid, Standing, parse
from bot.faq import Entry
from bot.faq.yaml_source import BrokenYaml, YamlSource
from bot.faq.yaml_text import with_item

#: Where entries go that no file holds yet, below the folder of their field.
NEW_ENTRIES = "console.yaml"
_EXPORTED = (Standing.IN_FORCE, Standing.CONFLICT_EDIT)


def export(root: Path, folder: Path, overlaid: Iterable[Overlaid]) -> tuple[Path, ...]:
    """Writes every file that the overlay changes, whole, with the paths that they have below `root`.

    Lines that no edit touches stay as they are, comments too. Returns the files, relative to `folder`.
    """
    written: list[Path] = []
    for one in overlaid:
        thing, _ = parse(one.edit.kind, one.edit.content)
        if one.standing not in _EXPORTED or thing is None:
            continue
        if isinstance(thing, Entry):
            relative = _file_of(root, thing) or Path("faq", thing.topic.split("/")[0], NEW_ENTRIES)
            key, name = "id", thing.id
        else:
            relative, key, name = Path("documents.yaml"), "number", thing.number
        source = folder / relative if (folder / relative).is_file() else root / relative
        text = with_item(source, key, name, thing)
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        (folder / relative).write_text(text, "utf-8")
        if relative not in written:
            written.append(relative)
    return tuple(written)


def _file_of(root: Path, entry: Entry) -> Path | None:
    for path in sorted((root / "faq").glob("**/*.yaml")):
        try:
            if YamlSource(path, path.name).item_lines("id", entry.id) is not None:
                return path.relative_to(root)
        except BrokenYaml:
            continue
    return None
