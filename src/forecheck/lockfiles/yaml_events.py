"""YAML as mappings, sequences and texts, built from libyaml's events: no implicit types, no surprises.

What JavaScript's readers refuse is refused too: a key that stands twice in a mapping, explicit tags, and the line
breaks of YAML 1.1 that 1.2 does not have (U+0085, U+2028, U+2029). So are merge keys, anchors and aliases, which no
lockfile needs, and depth beyond `MAX_DEPTH`.
"""

from typing import Any

import msgspec

from forecheck.decode import Malformed

MAX_DEPTH = 40
_FOREIGN_BREAKS = ("\x85", "\u2028", "\u2029")
_MARKED = 2  # levels of keys, from the top, whose places are kept

Node = str | list[Any] | dict[str, Any]


class Document(msgspec.Struct):
    """`places` gives the 1-based line and column of a key of the first two levels, by the keys that lead to it."""

    root: Node
    places: dict[tuple[str, ...], tuple[int, int]]


def read_documents(text: str, where: str, most: int) -> list[Document]:
    """Every document, at most `most`; raises `Malformed` with the line."""
    import yaml

    refuse_foreign_breaks(text, where)
    loader = getattr(
        yaml, "CBaseLoader", yaml.BaseLoader
    )  # without libyaml the pure parser gives the same events
    builder = _Builder(where, most)
    try:
        builder.build(loader(text).get_event)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise Malformed(where, f"is not valid YAML: {wrong.problem}", f"line {line}") from None
    except yaml.YAMLError as wrong:
        raise Malformed(where, f"is not valid YAML: {str(wrong).partition(chr(10))[0]}") from None
    return builder.documents


def refuse_foreign_breaks(text: str, where: str) -> None:
    """Some YAML readers take these characters for line breaks and others do not."""
    if text.isascii():
        return
    for character in _FOREIGN_BREAKS:
        at = text.find(character)
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            why = f"has a U+{ord(character):04X}, which some take for a line break"
            raise Malformed(where, why, f"line {line}")


class _Builder:
    def __init__(self, where: str, most: int) -> None:
        self._where = where
        self._most = most
        self._around: list[tuple[Any, str | None]] = []
        self._inside: Any = None
        self._key: str | None = None
        self._path: list[str] = []
        self.documents: list[Document] = []

    def build(self, next_event: Any) -> None:
        """Take every event up to the end of the stream."""
        from yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent, StreamEndEvent

        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    raise self._wrong(event, "has an anchor or a tag")
                if type(self._inside) is dict:
                    if self._key is None:
                        self._take_key(event)
                    else:
                        self._inside[self._key] = event.value
                        self._key = None
                else:
                    self._put(event.value)
            elif kind is MappingStartEvent:
                self._open(event, {})
            elif kind is SequenceStartEvent:
                self._open(event, [])
            elif kind is StreamEndEvent:
                return
            else:
                self._punctuation(event)

    def _take_key(self, event: Any) -> None:
        key = event.value
        if key in self._inside:
            raise self._wrong(event, f"has the key {key[:80]!r} twice")
        if key == "<<":
            raise self._wrong(event, "has a merge key")
        if len(self._around) <= _MARKED:
            mark = event.start_mark
            self._path[len(self._around) - 1 :] = [key]
            self.documents[-1].places[tuple(self._path)] = (mark.line + 1, mark.column + 1)
        self._inside[key] = ""
        self._key = key

    def _open(self, event: Any, node: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            raise self._wrong(event, "has an anchor or a tag")
        if len(self._around) >= MAX_DEPTH:
            raise self._wrong(event, "is nested too deeply")
        if type(self._inside) is dict and self._key is None:
            raise self._wrong(event, "has a key that is no text")
        self._put(node)
        self._around.append((self._inside, self._key))
        self._inside, self._key = node, None

    def _put(self, node: Node) -> None:
        if type(self._inside) is dict:
            self._inside[self._key] = node
        elif type(self._inside) is list:
            self._inside.append(node)
        else:
            self.documents[-1].root = node

    def _punctuation(self, event: Any) -> None:
        from yaml.events import AliasEvent, DocumentStartEvent, MappingEndEvent, SequenceEndEvent

        match event:
            case MappingEndEvent() | SequenceEndEvent():
                self._inside, self._key = self._around.pop()
                if type(self._inside) is dict:
                    self._key = None
            case AliasEvent():
                raise self._wrong(event, "has an alias")
            case DocumentStartEvent():
                if len(self.documents) == self._most:
                    raise self._wrong(event, f"has more than {self._most} documents")
                self.documents.append(Document("", {}))
                self._path = []

    def _wrong(self, event: Any, why: str) -> Malformed:
        return Malformed(self._where, why, f"line {event.start_mark.line + 1}")
