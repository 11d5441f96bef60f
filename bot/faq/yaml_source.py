"""Reading one YAML file so that every complaint can name the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the knowledge that a curator has to mend (`error`) or look at (`warning`)."""

    file: str
    line: int
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}"


class BrokenYaml(Exception):
    """The file is no YAML, or says a thing twice."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class YamlSource:
    """A YAML file: its data, and the line on which each part of it stands."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            text = path.read_text("utf-8")
            loader = yaml.CSafeLoader(text)
            try:
                self._root = loader.get_single_node()
                # the data are made of the nodes that know their lines: parsed once, not twice
                self.data: Any = None if self._root is None else loader.construct_document(self._root)
            finally:
                loader.dispose()
        except OSError as error:
            raise BrokenYaml(Problem(name, 1, f"can't be read: {error.strerror}")) from error
        except UnicodeDecodeError as error:
            raise BrokenYaml(Problem(name, 1, f"is not UTF-8 (byte {error.start}); save it as UTF-8")) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            raise BrokenYaml(Problem(name, mark.line + 1 if mark else 1, f"is no valid YAML: {what}")) from error
        if self._root is not None:
            self._refuse_doubles(self._root)

    def line(self, where: Sequence[int | str] = ()) -> int:
        """The line (counted from 1) of the part at that path, or of the nearest part above it."""
        node = self._root
        line = node.start_mark.line + 1 if node is not None else 1
        for step in where:
            child: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        line, child = key.start_mark.line + 1, value
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                child = node.value[step]
                line = child.start_mark.line + 1
            if child is None:
                break
            node = child
        return line

    def item_lines(self, key: str, name: str) -> tuple[int, int] | None:
        """The lines of the list's item whose `key` is `name`, counted from 0, without the end; None if none is."""
        if not isinstance(self._root, yaml.SequenceNode):
            return None
        items = self._root.value
        for index, node in enumerate(items):
            if isinstance(node, yaml.MappingNode) and any(k.value == key and v.value == name for k, v in node.value):
                after = items[index + 1].start_mark.line if index + 1 < len(items) else self._root.end_mark.line
                return node.start_mark.line, after
        return None

    def problem(self, message: str, where: Sequence[int | str] = (), severity: str = "error") -> Problem:
        """A complaint about the part at that path."""
        return Problem(self.name, self.line(where), message, severity)

    def _refuse_doubles(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    message = f"`{key.value}` stands twice in the same place; YAML would silently keep the last"
                    raise BrokenYaml(Problem(self.name, key.start_mark.line + 1, message))
                seen.add(key.value)
                self._refuse_doubles(value)
        elif isinstance(node, yaml.SequenceNode):
            for child in node.value:
                self._refuse_doubles(child)
