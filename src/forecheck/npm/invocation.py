"""One call of npm, understood: what it is asked to do, with what, and how to write a call derived from it."""

from forecheck.npm.actions import Action, requested, strings
from forecheck.npm.argv import Option, Parsed, Word, types_of
from forecheck.npm.settings import UNSET, Unset, Value, from_command_line, from_environment, from_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


class Invocation:
    """What follows `npm` on a command line (for npx: what npx makes of it, starting with `exec`).

    `argv` is that; every index (`Word.at`, `Option.at`, `dashes`) is one into it. `command` is npm's own name of
    the command, None if there is none by that name; `typed` is the word that was written for it. `words` are the
    positional arguments after the command. `certain` is False where npm 10, 11 and 12 would read the line
    differently: then `action` is the most demanding of theirs, and this is the reading that leads to it.
    """

    __slots__ = (
        "_bit", "_config", "_env", "_env_texts", "action", "argv", "certain", "cli", "command", "dashes", "options",
        "typed", "words",
    )  # fmt: skip

    def __init__(
        self,
        argv: list[str],
        parsed: Parsed,
        bit: int,
        env: "Mapping[str, str]",
        config_lookup: "Callable[[str], str | None] | None" = None,
    ) -> None:
        self.argv = argv
        self.typed: Word | None = parsed.words[0] if parsed.words else None
        self.words: tuple[Word, ...] = tuple(parsed.words[1:])
        self.options: tuple[Option, ...] = tuple(parsed.options)
        self.dashes = parsed.dashes
        self.cli: dict[str, Value] = from_command_line(parsed.options, bit, env)
        self.command: str | None = None
        self.action = Action.PASS
        self.certain = True
        self._bit = bit
        self._env = env
        self._env_texts: dict[str, str] | None = None
        self._config = config_lookup

    def get(self, name: str) -> Value:
        """The value of an option: command line, then environment, then `config_lookup`; None if not set there.

        Numbers, dates, URLs and paths are text as written; a list option is a list.
        """
        if name in self.cli:
            return self.cli[name]
        if self._env_texts is None:
            self._env_texts = from_environment(self._env)
        text = self._env_texts.get(name)
        if text is None and self._config is not None:
            text = self._config(name)
        value = UNSET if text is None else from_text(name, text, self._bit, self._env)
        return None if isinstance(value, Unset) else value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name)
        return default if value is None else bool(value)

    def text(self, name: str) -> str | None:
        value = self.get(name)
        return value if isinstance(value, str) else None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The texts of `words`."""
        return tuple(word.text for word in self.words)

    @property
    def passthrough_args(self) -> tuple[str, ...]:
        """Those of `arguments` that come after `--`."""
        return tuple(word.text for word in self.words if self.dashes is not None and word.at > self.dashes)

    @property
    def specs(self) -> tuple[str, ...]:
        """The package specs it names, as written. `init`: the initializer; `exec`: --package or the first word."""
        if self.command is None or self.action is Action.PASS:
            return ()
        return requested(self.command, self.arguments, self.get)

    @property
    def unknown_options(self) -> tuple[Option, ...]:
        """Options this npm does not have. npm 10 and 11 warn and go on, npm 12 refuses the command."""
        return tuple(option for option in self.options if not option.types)

    @property
    def global_(self) -> bool:
        return self.get("global") is True or self.get("location") == "global"

    @property
    def prefix(self) -> str | None:
        """--prefix: only from the command line does it decide which folder is the project."""
        value = self.cli.get("prefix")
        return value if isinstance(value, str) else None

    @property
    def dry_run(self) -> bool:
        """Nothing is changed; npm may still fetch, and prepare git dependencies, to find out what it would do."""
        return self.command == "find-dupes" or self.flag("dry-run")

    @property
    def workspace(self) -> tuple[str, ...]:
        return strings(self.get("workspace"))

    @property
    def workspaces(self) -> bool | None:
        """True: all of them, False: as if there were none, None: not said."""
        value = self.get("workspaces")
        return value if isinstance(value, bool) else None

    @property
    def package_lock(self) -> bool:
        """Whether npm reads and writes the lockfile: package-lock, or `shrinkwrap`, its former name."""
        former = self.flag("shrinkwrap", default=True)
        if "shrinkwrap" in self.cli and "package-lock" not in self.cli:
            return former or self.package_lock_only
        return self.flag("package-lock", default=former) or self.package_lock_only

    @property
    def package_lock_only(self) -> bool:
        return self.flag("package-lock-only")

    @property
    def save(self) -> bool | None:
        """None: not said, so npm's default for the command."""
        value = self.get("save")
        return value if isinstance(value, bool) else None

    @property
    def save_types(self) -> tuple[str, ...]:
        """Of prod, dev, optional, peer and bundle those asked for with --save-…"""
        kinds = ("prod", "dev", "optional", "peer", "bundle")
        return tuple(kind for kind in kinds if self.flag(f"save-{kind}"))

    @property
    def ignore_scripts(self) -> bool:
        return self.flag("ignore-scripts")

    @property
    def yes(self) -> bool | None:
        """True: install without asking, False: refuse to, None: npm asks."""
        value = self.get("yes")
        return value if isinstance(value, bool) else None

    @property
    def packages(self) -> tuple[str, ...]:
        """--package of `npm exec`."""
        return strings(self.get("package"))

    @property
    def call(self) -> str | None:
        """--call of `npm exec`."""
        return self.text("call") or None

    @property
    def json(self) -> bool:
        return self.flag("json")

    @property
    def loglevel(self) -> str:
        return self.text("loglevel") or "notice"

    def rewrite(
        self,
        *,
        command: str | None = None,
        words: "Sequence[str] | None" = None,
        without: "Collection[str]" = (),
        options: "Mapping[str, str | bool | Sequence[str]] | None" = None,
    ) -> list[str]:
        """A derived argv: other words, some options left out or set, the rest as the user wrote it, in its order.

        `without` and the keys of `options` are full option names; every spelling of them goes. `options` are
        written as `--name=value`, so they hold against the environment too. Raises ValueError for a text that npm
        would not take as the option's value.
        """
        added = options or {}
        gone = {*without, *added}
        positional = list(self.arguments if words is None else words)
        name = command or (self.typed.text if self.typed is not None and self.command else None)
        if name is None and self.typed is not None:
            positional.insert(0, self.typed.text)
        written = [] if name is None else [name]
        for key, value in added.items():
            each_value = [value] if isinstance(value, str | bool) else value
            written += [_setting(key, each, self._bit) for each in each_value]
        written += self._kept(gone)
        return [*written, "--", *positional] if positional else written

    def _kept(self, gone: set[str]) -> list[str]:
        flags: dict[int, list[Option]] = {}
        values: dict[int, Option] = {}
        for option in self.options:
            flags.setdefault(option.at, []).append(option)
            if option.value_at is not None and option.value_at != option.at:
                values[option.value_at] = option
        words = {word.at for word in (*self.words, *([self.typed] if self.typed else []))}
        kept: list[str] = []
        end = len(self.argv) if self.dashes is None else self.dashes + 1
        for index, argument in enumerate(self.argv[:end]):
            here = flags.get(index, [])
            if index in values:
                kept += [argument] if values[index].types and values[index].name not in gone else []
            elif (
                index in words
                or index == self.dashes
                or any(each.name in gone or _leans(each) for each in here)
            ):
                kept += [_spelled(each) for each in here if each.name not in gone]
            elif here:
                kept.append(argument)
        return kept


def _leans(option: Option) -> bool:
    """Whether its value depends on what follows: not given for want of one, or given to an unknown option."""
    if option.value_at is not None:
        return not option.types and option.value_at != option.at
    kinds = option.types.split("|")
    return kinds == ["String"] or ("String" in kinds and ("Boolean" in kinds or bool(option.negation)))


def _spelled(option: Option) -> str:
    """The option alone in full; its value too, unless that is an argument of its own."""
    flag = f"--{option.negation}{option.name}"
    if option.value_at is None:
        if not _leans(option):
            return flag
        return f"{flag}=" if option.value == "" else f"{flag}=true"  # `no-` turns a written true round
    separate = option.value_at != option.at and option.types
    return flag if separate else f"{flag}={option.written_value}"


def _setting(name: str, value: str | bool, bit: int) -> str:
    if isinstance(value, bool):
        return f"--{name}={str(value).lower()}"
    if types_of(name, bit) == "String" and value[:1] == "-":
        raise ValueError(f"npm would read {value!r} as an option, not as the value of --{name}")
    return f"--{name}={value}"
