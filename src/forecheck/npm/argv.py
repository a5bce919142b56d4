"""How npm reads its command line: nopt's `parse` (nopt 8 to 10 agree) with npm's own definitions.

On the path of every wrapped npm command, so: no imports but the tables.
"""

from forecheck.npm.options import OPTIONS, SHORTHANDS

MAJORS = {10: 1, 11: 2, 12: 4}

Raw = str | bool | None


class Option:
    """One option as it was written.

    `name` is npm's full name, or the text itself where npm has no such option. `value` is nopt's, before npm looks
    at the type. `at` is the index of the argument with the flag, `value_at` that of the argument with the value
    (the same for `--x=y` and for shorthands that carry their value), None where there is no value.
    `types` is "" for an unknown option. `abbreviated`: npm 12 refuses it. `negation` is the `no-` before the name,
    `no-no-` for an even number of them, "" for none.
    """

    __slots__ = ("abbreviated", "at", "name", "negation", "types", "value", "value_at", "written_value")

    def __init__(self, name: str, value: Raw, at: int, types: str) -> None:
        self.name = name
        self.value = value
        self.at = at
        self.types = types
        self.value_at: int | None = None
        self.written_value = ""
        self.negation = ""
        self.abbreviated = False


class Word:
    """A positional argument: its text, and the index of the argument it is (part of)."""

    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at


class Parsed:
    """What nopt makes of an argv.

    `dashes` is the index of the `--` that ends the options, None without one. `settled` tells that every npm
    would read it this way: each flag was the full name or the shorthand of an option that all of them know.
    """

    __slots__ = ("dashes", "options", "settled", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.options: list[Option] = []
        self.dashes: int | None = None
        self.settled = True


def only(found: list[str]) -> str:
    """What the package abbrev makes of a prefix, given all names that start with it: the one there is, or ""."""
    return found[0] if len(found) == 1 else ""


def types_of(name: str, bit: int) -> str:
    entry = OPTIONS.get(name)
    return entry[1] if entry is not None and entry[0] & bit else ""


def _abbreviated(prefix: str, bit: int) -> str:
    return only([name for name, entry in OPTIONS.items() if entry[0] & bit and name.startswith(prefix)])


def _expansion(bare: str, bit: int) -> tuple[str, ...] | None:
    """What the shorthand `bare` (without its dashes) stands for; None if it is none."""
    if types_of(bare, bit):
        return None
    exact = SHORTHANDS.get(bare)
    if exact is not None and exact[0] & bit:
        return exact[1]
    cluster: list[str] = []
    for letter in bare:
        entry = SHORTHANDS.get(letter)
        if entry is None or not entry[0] & bit:
            break
        cluster += entry[1]
    else:
        return tuple(cluster)
    if _abbreviated(bare, bit):
        return None
    full = only([name for name, entry in SHORTHANDS.items() if entry[0] & bit and name.startswith(bare)])
    return SHORTHANDS[full][1] if full else None


def _all_dashes(text: str) -> bool:
    return len(text) > 1 and not text.strip("-")


def _looks_like_flag(text: str) -> bool:
    """Whether it is `-x` or `--x`, but neither `-` nor `---x` (/^-{1,2}[^-]+/ in nopt)."""
    rest = text[1:]
    return text[:1] == "-" and (rest[:1] not in {"", "-"} or (rest[:1] == "-" and rest[1:2] not in {"", "-"}))


def parse(argv: list[str], bit: int, *, unknown_takes_value: bool = False) -> Parsed:
    """Read what follows `npm` as the npm major with `bit` (see MAJORS) does.

    `unknown_takes_value` reads an option that this npm does not know as one that takes the next argument, as a
    newer npm might; nopt itself takes it for a boolean.
    """
    found = Parsed()
    # nopt takes arguments apart in place; `at` keeps where each piece came from.
    pieces = list(argv)
    at = list(range(len(argv)))
    everywhere = sum(MAJORS.values())
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        if _all_dashes(piece):
            found.dashes = at[i]
            found.words += map(Word, pieces[i + 1 :], at[i + 1 :])
            break
        if piece[:1] != "-" or piece == "-":
            found.words.append(Word(piece, at[i]))
            i += 1
            continue
        flag, equals, value = piece.partition("=")
        if equals:
            pieces[i : i + 1] = [flag, value]
            at[i : i + 1] = [at[i], at[i]]
        bare = flag.lstrip("-")
        expansion = _expansion(bare, bit)
        if expansion is not None:
            if SHORTHANDS.get(bare, (0,))[0] != everywhere:
                found.settled = False
            pieces[i : i + 1] = expansion
            at[i : i + 1] = [at[i]] * len(expansion)
            continue
        option = _named(bare, at[i], bit)
        if OPTIONS.get(option.name, (0,))[0] != everywhere or option.abbreviated:
            found.settled = False
        following = pieces[i + 1] if i + 1 < len(pieces) else None
        as_value = bool(equals) or (unknown_takes_value and following is not None and following[:1] != "-")
        taken = _take(option, following, as_value=as_value)
        if taken:
            option.value_at = at[i + 1]
            option.written_value = following or ""
        found.options.append(option)
        i += 1 + taken
    return found


def _named(bare: str, at: int, bit: int) -> Option:
    name, negated = bare, None
    while name[:3].lower() == "no-":
        negated = not negated
        name = name[3:]
    full = name if types_of(name, bit) else _abbreviated(name, bit) if name else ""
    option = Option(full or name, not negated, at, types_of(full, bit))
    option.abbreviated = bool(full) and full != name
    option.negation = "" if negated is None else "no-" if negated else "no-no-"
    return option


def _take(option: Option, following: str | None, *, as_value: bool) -> bool:
    """Give the option its value; whether the argument after it was taken for that."""
    kinds = option.types.split("|") if option.types else []
    several = len(kinds) > 1
    if (
        option.negation
        or "Boolean" in kinds
        or not (kinds or as_value)
        or (following == "false" and several and "null" in kinds)
    ):
        return _take_boolean(option, following, kinds if several else [])
    if kinds == ["String"] and (following is None or _looks_like_flag(following)):
        option.value = ""
        return False
    if following is None or _all_dashes(following):
        option.value = True
        return False
    option.value = following
    return True


def _take_boolean(option: Option, following: str | None, kinds: list[str]) -> bool:
    if following in {"true", "false"}:
        option.value = (following == "true") == (option.value is True)
        return True
    if not following:
        return False
    if f"={following}" in kinds:
        option.value = following
    elif following == "null" and "null" in kinds:
        option.value = None
    elif "String" in kinds and (following[0] != "-" or following[1:2] in {"", "-"}):
        option.value = following
    else:
        return False
    return True
