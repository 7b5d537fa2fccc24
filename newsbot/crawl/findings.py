"""Judges what `newsbot check` has seen of a site by what is said or inferred of it. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsbot.crawl.check import OLD, Look, Looks, What, label_of
from newsbot.html.answers import served_at
from newsbot.items import ListKind, Precision
from newsbot.site import Role, host_of
from newsbot.store.budget import Budget
from newsbot.store.recording.refetch import says_gone
from newsbot.text import printable

_PAGES = (What.START, What.ARTICLE, What.FOREIGN)
_SHOWN_BY = {ListKind.FEED: (What.FEED,), ListKind.SECTION_PAGE: (What.SECTION_PAGE,)}
_NAMES = {
    ListKind.TODAY: "the day's list",
    ListKind.TOP: "leading articles",
    ListKind.SECTION: "section's box",
}
# A page's time has no seconds, and clocks differ a little.
_CLOCK = timedelta(minutes=2)
_HEADERS = ("Server", "Cache-Control", "ETag", "Last-Modified")


class Verdict(StrEnum):
    """How what was seen compares with what is said."""

    AS_EXPECTED = "as expected"
    DIFFERS = "differs"
    NOT_SEEN = "not seen"


_VERDICTS = {True: Verdict.AS_EXPECTED, False: Verdict.DIFFERS, None: Verdict.NOT_SEEN}


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the check: what it is about, what is said of that, what was seen."""

    about: str
    said: str
    seen: str
    verdict: Verdict


def findings(seen: Looks, budget: Budget) -> list[Finding]:
    """Return a finding for each thing that is said of the site, and for what any crawl rests on."""
    kinds = {**seen.site.expected.entries, **seen.site.expected.dates}
    return [
        *_robots(seen),
        *_articles(seen),
        *_clock(seen),
        *_date_line(seen),
        *(_list(seen, kind) for kind in ListKind if kind in kinds),
        *_minutes(seen),
        *_own_sections(seen),
        *_foreign_section(seen),
        *_unknown(seen),
        *_old(seen),
        *_headers(seen),
        *_limit(seen, budget),
        *_hosts(seen),
    ]


def _robots(seen: Looks) -> Iterator[Finding]:
    for kept in seen.robots:
        forbidden = [
            look
            for look in seen.looks
            if host_of(look.ask.url) == kept.host and "robots.txt" in look.failure
        ]
        what = f"HTTP {kept.status}, {_count(kept.body.splitlines(), 'line')}"
        if forbidden:
            what = f"{forbidden[0].what}: {forbidden[0].failure}"
        elif kept.fetched_at is None:
            what = "it was not asked for"
        is_well = None if kept.fetched_at is None and not forbidden else not forbidden
        yield _finding(f"robots.txt of {kept.host}", "it allows what is asked for", what, is_well)


def _articles(seen: Looks) -> Iterator[Finding]:
    looks = [look for look in seen.of(What.ARTICLE) if look.was_sent]
    read = [look for look in looks if look.article]
    what = f"{len(read)} of {len(looks)}"
    if others := Counter(look.outcome for look in looks if not look.article):
        what += f"; {', '.join(others)}"
    said = "each that the start page lists can be read"
    yield _finding("articles", said, what, len(read) == len(looks) if looks else None)


def _clock(seen: Looks) -> Iterator[Finding]:
    if not seen.site.expected.has_clock:
        return
    said = "it is the server's clock"
    apart = [
        served - look.reading.page_time
        for look in seen.of(*_PAGES)
        if look.answer and look.reading and look.reading.page_time
        if (served := served_at(look.answer))
    ]
    pages = [look for look in seen.of(*_PAGES) if look.reading]
    if not apart:
        is_dated = any(look.answer and served_at(look.answer) for look in pages)
        what = f"no time on {len(pages)} pages" if is_dated else "no answer has a Date"
        yield _finding("time in a page's head", said, what, False if is_dated else None)
        return
    most = max(apart, key=abs)
    what = f"on {len(apart)} of {len(pages)} pages; at most {most.total_seconds():.0f} s behind"
    yield _finding("time in a page's head", said, f"{what} the answer's Date", abs(most) <= _CLOCK)


def _date_line(seen: Looks) -> Iterator[Finding]:
    if not seen.site.expected.has_date_line:
        return
    looks = [look for look in seen.of(What.ARTICLE) if look.article]
    dated = [look for look in looks if look.article and look.article.day_printed]
    what = f"on {len(dated)} of {len(looks)} pages"
    for look in dated[:1]:
        what += f", as “{_line(look, Role.DATE_LINE) or 'a line that is not shown'}”"
    is_well = len(dated) == len(looks) if looks else None
    yield _finding("date line", "an article prints its day", what, is_well)


def _list(seen: Looks, kind: ListKind) -> Finding:
    expected = seen.site.expected
    entries, dates = expected.entries.get(kind), expected.dates.get(kind)
    looks = seen.of(*_SHOWN_BY.get(kind, _PAGES))
    sizes: list[int] = []
    precisions: Counter[Precision] = Counter()
    readings = [look.reading for look in looks if look.reading]
    for reading in readings:
        for news_list in {each for each in reading.boxes if each.kind is kind}:
            listed = [each for each in reading.listings if each.news_list == news_list]
            sizes.append(len(listed))
            precisions.update(each.date_listed.precision for each in listed)
    said = f"{_range(entries)} entries{f', dated to the {dates}' if dates else ''}"
    if sizes:
        what = f"{' or '.join(map(str, sorted(set(sizes))))} entries"
        what += f" on {len(sizes)} of {_count(readings, 'page')}"
        is_well: bool | None = entries is None or all(size in entries for size in sizes)
        if dates:
            what += f", {precisions[dates]} of {precisions.total()} dated to the {dates}"
            is_well = is_well and precisions[dates] == precisions.total() > 0
    else:
        empty = {each.name for reading in readings for each in reading.empty if each.kind is kind}
        outcomes = dict.fromkeys(look.outcome for look in looks if not look.reading)
        what = ", ".join(outcomes) or (
            "no entry that can be read" if looks else "none was asked for"
        )
        if empty:
            what = f"nothing below “{', '.join(empty)}”"
        is_well = False if any(look.was_sent for look in looks) and not empty else None
    return _finding(_NAMES.get(kind, kind.value), said, what, is_well)


def _minutes(seen: Looks) -> Iterator[Finding]:
    digits = seen.site.expected.minutes
    if not digits:
        return
    times = [
        each.date_listed.at.astimezone(seen.site.zone)
        for each in seen.listings
        if each.date_listed.at and each.date_listed.precision is Precision.MINUTE
    ]
    found = Counter(str(at.minute % 10) for at in times)
    what = f"{len(times)} times, which end in {' '.join(sorted(found))}" if times else "no time"
    said = f"articles appear at minutes that end in {' or '.join(digits)}"
    yield _finding("minutes", said, what, set(found) <= set(digits) if times else None)


def _own_sections(seen: Looks) -> Iterator[Finding]:
    names = [look.article.article_section for look in seen.of(What.ARTICLE) if look.article]
    ids = {look.ask.source_id for look in seen.of(What.ARTICLE)}
    labels = {label_of(each) for each in seen.listings if each.source_id in ids}
    what = f"{', '.join(dict.fromkeys(names)) or 'none'} on {_count(names, 'page')}"
    is_known = len(names) > 1 and len(labels) > 1
    said = "each article is shown in its own section"
    yield _finding("sections", said, what, len(set(names)) > 1 if is_known else None)


def _foreign_section(seen: Looks) -> Iterator[Finding]:
    if not seen.site.expected.in_section:
        return
    said = "shows another section and its box, and the same headline"
    for look in seen.of(What.FOREIGN):
        own = next(each for each in seen.looks if each.ask.source_id == look.ask.source_id)
        if look.article is None or look.reading is None or own.article is None:
            yield _finding(look.what, said, look.outcome, False if look.was_sent else None)
            return
        before, after = own.article.article_section, look.article.article_section
        boxes = {box.section for box in look.reading.boxes if box.kind is ListKind.SECTION}
        is_same = own.article.headline == look.article.headline
        what = f"{before} became {after}, with the box of {', '.join(map(str, boxes)) or 'none'}"
        what += f"; {'the same' if is_same else 'another'} headline"
        is_well = is_same and before != after and boxes == {after}
        yield _finding(look.what, said, what, is_well)
        return
    yield _finding(What.FOREIGN, said, "no other section is known", None)


def _unknown(seen: Looks) -> Iterator[Finding]:
    said = "says that there is no such article (404, a redirect, a notice, or an empty page)"
    for look in seen.of(What.UNKNOWN):
        is_gone = look.page is not None and says_gone(look.page)
        is_well = is_gone if look.was_sent else None
        yield _finding(look.what, said, look.outcome, is_well)
        return
    yield _finding(What.UNKNOWN, said, "no list names an id", None)


def _old(seen: Looks) -> Iterator[Finding]:
    site = seen.site
    said = "is still there" + (", unless it is syndicated" if site.expected.expires else "")
    looks = seen.of(What.OLD)
    for look in looks:
        listed = seen.listed_at(look.ask.source_id)
        what = f"id {look.ask.source_id}, {_day(seen, listed) or 'not listed'}"
        what += f": {look.outcome}"
        is_there: bool | None = look.article is not None
        is_gone = look.page is not None and says_gone(look.page)
        if not look.was_sent or (is_gone and (site.expected.expires or not listed)):
            # It may have been syndicated, or never have been there.
            is_there = None
        yield _finding(What.OLD, said, what, is_there)
    if not looks:
        yield _finding(What.OLD, said, "none is known", None)
    if site.expected.expires:
        left = {
            f"id {look.ask.source_id}, {_day(seen, at)}, is there"
            for look in seen.of(What.ARTICLE, What.OLD)
            if look.article
            and site.is_syndicated(look.article.credit_text, look.article.copyright_holder)
            and (at := seen.listed_at(look.ask.source_id) or look.article.date_published.at)
            and seen.now - at > OLD
        }
        what = ", ".join(sorted(left)) or "none that is older was met"
        yield _finding("syndicated article", "gone after a month", what, False if left else None)


def _headers(seen: Looks) -> Iterator[Finding]:
    looks = [look for look in seen.looks if look.answer]
    dated = sum("Date" in look.headers for look in looks)
    found = [f"Date on {dated} of {len(looks)}"]
    for name in _HEADERS:
        values = {look.headers[name.title()] for look in looks if name.title() in look.headers}
        found.append(f"{name}: {', '.join(sorted(values))[:60]}" if values else f"no {name}")
    yield _finding("headers", "each answer has a Date", "; ".join(found), dated == len(looks))


def _limit(seen: Looks, budget: Budget) -> Iterator[Finding]:
    said = f"{budget.limit} requests in {budget.period:.0f} s are answered"
    if not budget.limit:
        said = "there is none, by RATE_LIMIT_REQUESTS"
    refused = sum(look.refused for look in seen.looks)
    held_back = [look.failure for look in seen.looks if look.failure.startswith("the site ")]
    what = f"{_count(seen.looks, 'page')} asked for, {refused} refused for asking too much"
    yield _finding("limit", said, "; ".join([what, *held_back[:1]]), not (refused or held_back))


def _hosts(seen: Looks) -> Iterator[Finding]:
    addresses = {host_of(look.ask.url): "no answer" for look in seen.looks}
    addresses |= {host_of(look.ask.url): look.ip_address for look in seen.looks if look.answer}
    refused = {host_of(look.ask.url) for look in seen.looks if look.refused}
    # Only a host that was asked for no more than a page or two tells something by that.
    others = set(addresses) - {host_of(seen.site.start_url)}
    what = ", ".join(f"{host} ({address})" for host, address in addresses.items())
    what += f"; refused by {', '.join(map(str, refused))}" if refused else "; none refused"
    shares = True if refused & others else None
    yield _finding("hosts", "all of them share the limit, it is assumed", what, shares)


def _finding(about: str, said: str, seen: str, is_well: bool | None) -> Finding:
    return Finding(str(about), said, printable(seen), _VERDICTS[is_well])


def _day(seen: Looks, at: datetime | None) -> str:
    return f"of {at.astimezone(seen.site.zone):%Y-%m-%d}" if at else ""


def _line(look: Look, role: Role) -> str | None:
    if look.reading is None:
        return None
    roles = look.reading.roles.items()
    return next((look.reading.blocks[i].text for i, each in roles if each is role), None)


def _range(numbers: range | None) -> str:
    if numbers is None:
        return "any number of"
    return f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _count(things: Sequence[object], word: str) -> str:
    number = len(things)
    return f"{number} {word}{'' if number == 1 else 's'}"
