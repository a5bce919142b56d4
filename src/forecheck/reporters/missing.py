"""What could not be looked at, in the same words for every format that is no terminal's."""

from collections.abc import Iterator

from forecheck.model import Decision, Subject
from forecheck.reporters.tally import RANK, Missed, Tally
from forecheck.reporters.text_pen import plural
from forecheck.text import escape


def missing_lines(found: Tally) -> Iterator[tuple[Decision, str]]:
    """What could not be looked at, once a check and reason, with the worst that policy makes of it.

    Checks that crashed come first.
    """
    for crashed in found.crashed:
        check, spec = escape(crashed.check, 60), escape(crashed.subject.spec, 120)
        yield Decision.BLOCK, f"{check} crashed on {spec}, which is a bug of forecheck"
    together: dict[tuple[str, str], list[Missed]] = {}
    for one in (*found.missing, *found.unminded):
        together.setdefault((one.skipped.check, one.skipped.reason), []).append(one)
    for (check, reason), ones in together.items():
        worst = max((one.decision for one in ones), key=RANK.__getitem__)
        subjects = tuple(dict.fromkeys(one.skipped.subject for one in ones))
        yield worst, f"{escape(check, 60)} could not look: {escape(reason)} ({whom(subjects)})"


def whom(subjects: tuple[Subject, ...]) -> str:
    """The one subject, or how many."""
    return escape(subjects[0].spec, 120) if len(subjects) == 1 else plural(len(subjects), "package")
