"""What `x12 check` says of a file: in sentences for people, as facts for programs."""

from dataclasses import fields
from typing import TYPE_CHECKING

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.x12.checking import Checked

if TYPE_CHECKING:
    from gateway.edi.checking.second_opinion import Opinion
    from gateway.edi.wire.finding import WireFinding

_SHOWN_MAX = 50


def facts(checked: Checked) -> dict[str, object]:
    """Give what --json says of a file."""
    report = checked.report
    said: dict[str, object] = {
        "file": str(checked.path),
        "accepted": report.accepted,
        "counts": report.counts,
        "findings": [facts_of(one) for one in report.findings],
        "more": report.more,
    }
    if checked.second is not None:
        said["second_opinion"] = {
            "accepted": checked.second.accepted,
            "only_pyx12": [str(one) for one in checked.second.only_theirs],
            "only_ours": [facts_of(one) for one in checked.second.only_ours],
        }
    return said


def facts_of(one: "WireFinding") -> dict[str, object]:
    """Give what is told of a finding: all but what stands there, and whose it is."""
    return {field.name: getattr(one, field.name) for field in fields(one) if field.name not in {"unit", "value"}}


def print_verdict(checked: Checked) -> None:
    """Print a file's findings, the first ones of very many, and where pyx12 differs."""
    path, report = checked.path, checked.report
    held = report.counts
    said = f"{show.counted(held.sets, 'transaction set')}, {show.counted(held.segments, 'segment')}"
    if not report.findings:
        say(f"{path}: clean; {said}")
    else:
        more = "at least " if report.more else ""
        verdict = "would be accepted" if report.accepted else "would be refused"
        say(f"{path}: {more}{show.counted(len(report.findings), 'finding')}, {verdict}; {said}")
    for one in report.findings[:_SHOWN_MAX]:
        say(f"  {sentence(one)}")
    if len(report.findings) > _SHOWN_MAX:
        say(f"  and {len(report.findings) - _SHOWN_MAX} more; --json gives them all")
    if checked.second is not None:
        _print_opinion(checked.second)


def sentence(one: "WireFinding") -> str:
    """Say a finding in a line."""
    named = "; ".join(filter(None, (f"{one.level} code {one.code}" if one.code else "", one.rule)))
    return f"{one.severity}: {one}{f' [{named}]' if named else ''}{f'; {one.fix}' if one.fix else ''}"


def _print_opinion(second: "Opinion") -> None:
    say(f"  pyx12: would be {'accepted' if second.accepted else 'refused'}")
    for theirs in second.only_theirs[:_SHOWN_MAX]:
        say(f"    only pyx12: {theirs}")
    for ours in second.only_ours[:_SHOWN_MAX]:
        say(f"    only we: {ours}")
