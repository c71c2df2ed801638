"""Ends of lines: made all alike, and looked at. Which files are meant is decided elsewhere."""

from __future__ import annotations

import re


def has_single_lf(data: bytes) -> bool:
    """Whether a line ends in LF alone."""
    return re.search(rb"(^|[^\r])\n", data) is not None


def are_mixed(data: bytes) -> bool:
    """Whether some lines end in CR LF and others in LF."""
    return b"\r\n" in data and has_single_lf(data)


def to_lf(data: bytes) -> bytes:
    """All lines end in LF."""
    return re.sub(rb"\r*\n", b"\n", data)


def to_crlf(data: bytes) -> bytes:
    """All lines end in CR LF."""
    return re.sub(rb"\r*\n", b"\r\n", data)
