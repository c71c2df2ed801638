"""Dates: formats, zones, notations, and that reading gives back what was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.dates import format_date, now, parse_date, split_zone

OFFSETS = st.integers(-14 * 60, 12 * 60).map(lambda minutes: minutes * 60)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ((0, 0), "Thu Jan 01 00:00:00 1970 +0000"),
        ((-42, 0), "Wed Dec 31 23:59:18 1969 +0000"),
        ((0, -3600), "Thu Jan 01 01:00:00 1970 +0100"),
        ((0, 5400), "Wed Dec 31 22:30:00 1969 -0130"),
        ((2**31 - 1, 0), "Tue Jan 19 03:14:07 2038 +0000"),
        ((2**40, 0), "Tue Jan 19 03:14:07 2038 +0000"),
        ((-(2**40), 0), "Fri Dec 13 20:45:52 1901 +0000"),
    ],
)
def test_default_format(date: tuple[int, int], text: str) -> None:
    assert format_date(date) == text


def test_a_notation_with_bytes_that_are_no_text_keeps_them() -> None:
    assert format_date((0, 0), "\udcff%Y") == "\udcff1970"


@given(st.integers(-(2**31), 2**31 - 1), OFFSETS)
def test_reads_what_was_written(seconds: int, offset: int) -> None:
    assert parse_date(f"{seconds} {offset}") == (seconds, offset)
    if 0 <= seconds - offset <= 2**31 - 1:
        assert parse_date(format_date((seconds, offset), "%Y-%m-%d %H:%M:%S %1%2")) == (seconds, offset)
        assert parse_date(format_date((seconds, offset))) == (seconds, offset)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("", (0, 0)),
        ("2020-02-03 04:05 UTC", (1580702700, 0)),
        ("2020-02-03T04:05:06Z", (1580702706, 0)),
        ("2020-02-03T04:05:06+02:00", (1580695506, -7200)),
        ("Mon, 03 Feb 2020 04:05:06 -0100", (1580706306, 3600)),
        ("2/3/2020 GMT", (1580688000, 0)),
        ("  5 -3600 ", (5, -3600)),
        ("3:04PM GMT", None),
    ],
)
def test_notations(text: str, date: tuple[int, int] | None) -> None:
    parsed = parse_date(text)
    if date is None:
        assert (parsed[0] % 86400, parsed[1]) == (15 * 3600 + 4 * 60, 0)
    else:
        assert parsed == date


def test_words() -> None:
    assert abs(parse_date("now")[0] - now()[0]) < 60
    assert 0 < parse_date("today")[0] - parse_date("yesterday")[0] <= 25 * 3600


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense", "invalid date: 'nonsense'"),
        ("\udcff", r"invalid date: '\\xff'"),
        ("99999999999 0", "date exceeds 32 bits: 99999999999"),
        ("0 99999", "impossible time zone offset: 99999"),
        ("2020-13-01", "invalid date"),
    ],
)
def test_bad_dates(text: str, problem: str) -> None:
    with pytest.raises(errors.ParseError, match=problem):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x +0200", (-7200, "x")),
        ("x-0130", (5400, "x")),
        ("x GMT", (0, "x")),
        ("1Z", (0, "1")),
        ("x", (None, "x")),
    ],
)
def test_zones(text: str, expected: tuple[int | None, str]) -> None:
    assert split_zone(text) == expected
