"""What cron is told."""

from collections import Counter

import pytest

from newsbot.crawl.verdict import DRIFT, FAILED, OK, Tally, judge
from newsbot.store.crawls import Counts


def tally(**changes: object) -> Tally:
    healthy = Tally(Counts(new=9, requests=12), read=10, articles=9, boxes=10)
    for name, value in changes.items():
        setattr(healthy, name, value)
    return healthy


def test_a_healthy_run_says_what_it_did() -> None:
    verdict = judge(
        tally(counts=Counts(new=9, requests=12, waited_seconds=214.3), pending_left=2), 0.2
    )

    assert verdict.exit_code == OK
    assert verdict.outcome == "finished"
    assert verdict.message == "9 new; 2 pending; 12 requests, 214 s waited."


def test_nothing_new_is_well_too() -> None:
    assert judge(tally(counts=Counts(requests=12)), 0.2).message == "0 new; 0 pending; 12 requests."
    assert judge(tally(counts=Counts(requests=12)), 0.2).exit_code == OK


def test_no_answer_at_all_is_a_failure_with_its_reasons() -> None:
    verdict = judge(
        tally(read=0, boxes=0, failures=Counter({"HTTP 500": 3, "no answer in time": 1})),
        0.2,
    )

    assert verdict.exit_code == FAILED
    assert "HTTP 500 (3), no answer in time (1)" in verdict.message


@pytest.mark.parametrize(("unread", "exit_code"), [(2, OK), (3, DRIFT), (10, DRIFT)])
def test_more_unreadable_pages_than_the_limit_are_drift(unread: int, exit_code: int) -> None:
    verdict = judge(tally(read=8, unread=unread, refusals=Counter({"no headline": unread})), 0.2)

    assert verdict.exit_code == exit_code
    assert ("could not be read: no headline" in verdict.message) == (exit_code == DRIFT)


def test_pages_that_still_can_not_be_read_are_still_drift() -> None:
    verdict = judge(tally(read=0, boxes=0, refusals=Counter({"no headline": 2})), 0.2)

    assert verdict.exit_code == DRIFT
    assert "no headline (2)" in verdict.message


def test_old_refusals_speak_where_no_article_could_be_read() -> None:
    refused = Counter({"not an article": 7})

    assert judge(tally(read=1, articles=0, refusals=refused), 0.2).exit_code == DRIFT
    assert judge(tally(read=9, articles=8, refusals=refused), 0.2).exit_code == OK


def test_pages_without_any_box_are_drift() -> None:
    verdict = judge(tally(boxes=0), 0.2)

    assert verdict.exit_code == DRIFT


def test_what_differs_from_the_past_is_drift() -> None:
    verdict = judge(tally(history=["Today's News holds 2 entries, usually 10"]), 0.2)

    assert verdict.exit_code == DRIFT
    assert "Today's News holds 2 entries, usually 10" in verdict.message


def test_a_page_or_two_that_fail_are_no_failure() -> None:
    verdict = judge(tally(failures=Counter({"HTTP 403": 2})), 0.2)

    assert verdict.exit_code == OK
    assert verdict.message == "9 new, 2 failed; 0 pending; 12 requests."


def test_more_pages_lost_than_had_are_a_failure() -> None:
    verdict = judge(tally(articles=0, failures=Counter({"HTTP 403": 3})), 0.2)

    assert verdict.exit_code == FAILED
    assert "HTTP 403 (3)" in verdict.message


def test_giving_up_without_a_single_article_is_a_failure() -> None:
    asked = "the site answered 429 and asked for 300 seconds of silence"
    verdict = judge(tally(articles=0, gave_up=asked, pending_left=5), 0.2)

    assert verdict.exit_code == FAILED
    assert asked in verdict.message


def test_not_found_proves_nothing_where_most_known_pages_answer_so() -> None:
    assert not tally(vanished=["1"]).site_is_failing
    assert tally(read=2, vanished=["1", "2", "3"]).site_is_failing


def test_an_error_outweighs_everything_else() -> None:
    verdict = judge(tally(error="The disk is full.", stopped=True, boxes=0), 0.2)

    assert (verdict.outcome, verdict.exit_code) == ("failed", FAILED)
    assert "The disk is full." in verdict.message


def test_a_signal_is_no_success() -> None:
    verdict = judge(tally(stopped=True), 0.2)

    assert (verdict.outcome, verdict.exit_code) == ("stopped", FAILED)


def test_a_long_silence_that_the_site_asked_for_is_said() -> None:
    verdict = judge(tally(gave_up="the site asked for 3600 seconds of silence"), 0.2)

    assert verdict.exit_code == OK
    assert "3600 seconds of silence" in verdict.message
