"""The figures as Markdown: a table for each question, a column for each stretch."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks.simulation import figures
from benchmarks.simulation.figures import Changes, Share
from benchmarks.simulation.play import Played
from benchmarks.simulation.requests import Kind
from newsbot.items import Precision

Rows = Iterator[tuple[str, str]]
"""What is told of one stretch: labels and values."""

_TOO_MANY = 429
_MINUTES = 60.0


def tables(played: Played) -> dict[str, dict[str, str]]:
    """Return the tables of one stretch by their headings."""
    return {
        "runs": dict(_runs(played)),
        "articles": dict(_articles(played)),
        "requests": dict(_requests(played)),
        "dates": dict(_dates(played)),
        "edits and removals": dict(_changes(played)),
    }


def markdown(stretches: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """Return the tables of all stretches, side by side."""
    lines = []
    for heading in next(iter(stretches.values())):
        columns = [found[heading] for found in stretches.values()]
        labels = dict.fromkeys(label for column in columns for label in column)
        lines += [_line([heading, *stretches]), _line(["---"] * (len(stretches) + 1))]
        lines += [_line([label, *(each.get(label, "–") for each in columns)]) for label in labels]
        lines.append("")
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _runs(played: Played) -> Rows:
    runs = played.runs
    yield "days", str(played.stretch.days)
    yield "runs", str(len(runs))
    yield "starts while a run still went on", str(played.skipped)
    ends = Counter((run.exit_code, run.outcome) for run in runs)
    for (exit_code, outcome), count in sorted(ends.items()):
        yield f"exit code {exit_code}, `{outcome}`", str(count)
    lasted = [(run.ended - run.began).total_seconds() for run in runs]
    yield "a run lasts, median and longest", f"{median(lasted):.0f} s, {max(lasted):.0f} s"
    yield "minutes to play", f"{played.seconds / _MINUTES:.1f}"


def _articles(played: Played) -> Rows:
    present, absent = figures.completeness(played)
    yield from _share_rows("published while we ran", present)
    if absent.of:
        yield from _share_rows("published in our week away", absent)
    yield "stories stored twice", str(figures.doubles(played))


def _share_rows(what: str, share: Share) -> Rows:
    yield what, str(share.of)
    yield f"{what}: stored within 24 h", _part(share.in_time, share.of)
    yield f"{what}: stored in the end", _part(len(share.hours), share.of)
    yield f"{what}: removed before the next run", str(share.removed)
    if share.hours:
        hours = f"{median(share.hours):.1f} h, {max(share.hours):.1f} h"
        yield f"{what}: until stored, median and longest", hours


def _requests(played: Played) -> Rows:
    kinds = sum((run.kinds for run in played.runs), Counter[Kind]())
    statuses = sum((run.statuses for run in played.runs), Counter[int]())
    for each in Kind:
        yield each.value, str(kinds[each])
    yield "answered 429", str(statuses[_TOO_MANY])
    if new := kinds[Kind.NEW]:
        planned = kinds.total() - kinds[Kind.RECHECK]
        yield "requests per new article", f"{kinds.total() / new:.2f}"
        yield "the same without rechecks", f"{planned / new:.2f}"
        yield "and without robots.txt", f"{(planned - kinds[Kind.ROBOTS]) / new:.2f}"


def _dates(played: Played) -> Rows:
    found = figures.dates(played)
    answered, unanswered = figures.dated_to_the_minute(played)
    dated, of = answered.dated + unanswered.dated, answered.of + unanswered.of
    yield "published while we ran: dated to the minute", _part(dated, of)
    if unanswered.of:
        yield "of these, while the site answered", _part(answered.dated, answered.of)
        yield "of these, while it did not", _part(unanswered.dated, unanswered.of)
    for precision, dates in found.items():
        yield f"`{precision}`", str(dates.of)
        if dates.errors:
            yield f"`{precision}`: right", _part(dates.right, dates.of)
    estimated = found[Precision.ESTIMATED]
    if estimated.errors:
        errs = f"{estimated.usual_error:.0f} min, {max(estimated.errors):.0f} min"
        yield "`estimated`: off by, median and most", errs


def _changes(played: Played) -> Rows:
    yield from _change_rows("edits", figures.edits(played))
    yield from _change_rows("removals", figures.removals(played))


def _change_rows(what: str, changes: Changes) -> Rows:
    yield f"{what} of stored articles", str(changes.made)
    yield f"{what}: noticed", _part(changes.seen, changes.made)
    yield f"{what}: a recheck is still to come", str(changes.to_come)
    yield f"{what}: after the last recheck", str(changes.too_late)
    yield f"{what}: missed", str(len(changes.missed))


def _part(part: int, of: int) -> str:
    return f"{part} ({part / of:.1%})" if of else "0"
