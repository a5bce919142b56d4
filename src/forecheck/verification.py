"""The use case of `forecheck lockfile verify`: audits of lockfiles, each by its own settings, as one report."""

from collections.abc import Sequence

import msgspec

from forecheck.model import Decision, Plan, Skipped
from forecheck.report import Ignore, Report, Verdict

VERIFIED = frozenset(
    {
        "forged-dependency",
        "fresh-release",
        "integrity-mismatch",
        "non-registry-dependency",
        "other-tarball",
        "registry-keys-changed",
        "registry-signature",
        "removed-version",
        "tarball-mismatch",
        "unpinned",
    }
)
"""The checks that compare a lockfile with what its registry says."""

_WORST_FIRST = (Decision.BLOCK, Decision.WARN, Decision.ALLOW)


def together(command: str, audits: Sequence[Report]) -> Report:
    """One report of several, at least one; what two of them say alike is said once."""
    first = audits[0]
    if len(audits) == 1:
        return first
    last = max(one.started + one.elapsed for one in audits)
    return msgspec.structs.replace(
        first,
        command=command,
        plan=Plan("", "", tuple(step for one in audits for step in one.plan.steps)),
        outcomes=tuple(dict.fromkeys(outcome for one in audits for outcome in one.outcomes)),
        verdict=_verdict([one.verdict for one in audits]),
        data=tuple(dict.fromkeys(one for audit in audits for one in audit.data)),
        notices=tuple(dict.fromkeys(line for one in audits for line in one.notices)),
        checks=tuple({check.id: check for one in audits for check in one.checks}.values()),
        elapsed=last - first.started,
    )


def _verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of them. An exception is unused where it did nothing for any lockfile that it was recorded for."""
    decision = next(one for one in _WORST_FIRST if any(each.decision is one for each in verdicts))
    judged = tuple(dict.fromkeys(one for each in verdicts for one in each.judged))
    decisive = [one for one in judged if one.decision is decision is not Decision.ALLOW]
    used: set[Ignore] = {one.ignored for one in judged if one.ignored is not None}
    unused = dict.fromkeys(one for each in verdicts for one in each.unused if one not in used)
    return Verdict(
        decision=decision,
        judged=judged,
        unknown_only=bool(decisive) and all(isinstance(one.outcome, Skipped) for one in decisive),
        examined=any(each.examined for each in verdicts),
        unused=tuple(unused),
        expired=tuple(dict.fromkeys(one for each in verdicts for one in each.expired)),
    )
