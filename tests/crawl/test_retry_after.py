"""Retry-After in every form that servers send."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.crawl.limiter import DEFAULT_WAIT, retry_after
from newsbot.store.budget import LONGEST

NOW = datetime(2025, 8, 19, 22, 13, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, b"", b"soon", b"-5", b"1.5", "٣".encode(), b"\xff"])
def test_without_a_readable_value_the_known_silence_is_kept(value: bytes | None) -> None:
    assert retry_after(value, NOW) == DEFAULT_WAIT


@given(st.integers(0, int(LONGEST)))
def test_seconds(seconds: int) -> None:
    assert retry_after(str(seconds).encode(), NOW) == seconds


@given(st.integers(0, int(LONGEST)))
def test_http_date(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True).encode()

    assert retry_after(header, NOW) == seconds


def test_a_date_that_has_passed_asks_for_nothing() -> None:
    assert retry_after(b"Tue, 19 Aug 2025 22:00:00 GMT", NOW) == 0


@pytest.mark.parametrize("value", [b"86401", b"9" * 40, b"Thu, 31 Dec 2099 23:59:59 GMT"])
def test_no_silence_is_longer_than_a_day(value: bytes) -> None:
    assert retry_after(value, NOW) == LONGEST


@given(st.binary())
def test_no_header_raises(value: bytes) -> None:
    assert retry_after(value, NOW) >= 0
