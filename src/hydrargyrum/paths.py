"""Locations as users write them: plain paths and URLs, taken apart and put together again. Nothing is opened here."""

from __future__ import annotations

import os

from hydrargyrum import errors

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
_SAFE_IN_NAMES = _UNRESERVED + b"!~*'()+"
_SAFE_IN_PATHS = _UNRESERVED + b"/!~*'()+:\\"
_SAFE_IN_HOSTS = _UNRESERVED + b"/"
_SCHEME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-")
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Location:
    """The parts of a location; those that are missing are None.

    Attributes:
        scheme, user, password, host, port, path, query: decoded, except the query.
        fragment: what follows "#": the name of a branch or revision; "" where it is there and empty.
    """

    __slots__ = ("fragment", "host", "is_local", "password", "path", "port", "query", "scheme", "user")

    def __init__(self, text: str) -> None:
        """Take a location apart. Raises `Abort` for a `file:` URL on another host."""
        self.scheme: str | None = None
        self.user: str | None = None
        self.password: str | None = None
        self.host: str | None = None
        self.port: str | None = None
        self.path: str | None = None
        self.query: str | None = None
        self.fragment: str | None = None
        self.is_local = True
        if "#" in text:
            text, self.fragment = text.split("#", 1)
        if _has_drive(text) or text.startswith("\\\\"):
            self.path = text
        elif text.startswith("bundle:"):
            self.scheme = "bundle"
            self.path = text[7:].removeprefix("//")
        else:
            self._split(text)

    def _split(self, text: str) -> None:
        scheme, colon, rest = text.partition(":")
        if not (colon and scheme and set(scheme) <= _SCHEME):
            self.path = text
            self.fragment = _unquoted(self.fragment)
            return
        self.scheme = scheme
        self.is_local = False
        if "?" in rest:
            rest, query = rest.split("?", 1)
            self.query = query or None
        path: str | None = rest or None
        if rest.startswith("//"):
            host, slash, after = rest[2:].partition("/")
            path = after if slash else None
            self.host = host or None
            if not host and after and not _has_drive(after):
                path = "/" + after
        self._split_host()
        self.path = path
        for part in ("user", "password", "host", "port", "path", "fragment"):
            setattr(self, part, _unquoted(getattr(self, part)))

    def _split_host(self) -> None:
        if self.host and "@" in self.host:
            self.user, host = self.host.rsplit("@", 1)
            self.host = host or None
            if ":" in self.user:
                self.user, self.password = self.user.split(":", 1)
        if self.host and ":" in self.host and not _is_bracketed(self.host):
            host, self.port = self.host.rsplit(":", 1)
            self.host = host or None
        if self.host and self.scheme == "file" and self.host not in _LOCAL_HOSTS:
            raise errors.Abort("file:// URLs can only refer to localhost")

    def text(self) -> str:
        """The location as one text again."""
        path = self.path or ""
        if self.is_local:
            text = ("bundle:" if self.scheme == "bundle" else "") + path
            return f"{text}#{self.fragment}" if self.fragment else text
        text = f"{self.scheme}:"
        if self.user or self.password or self.host:
            text += "//"
        elif not path or path.startswith("/") or _has_drive(path):
            text += "///" if _has_drive(path) else "//"
        if self.user:
            text += _quoted(self.user, _SAFE_IN_NAMES)
        if self.password:
            text += ":" + _quoted(self.password, _SAFE_IN_NAMES)
        if self.user or self.password:
            text += "@"
        if self.host:
            text += self.host if _is_bracketed(self.host) else _quoted(self.host, _SAFE_IN_HOSTS)
        if self.port:
            text += ":" + _quoted(self.port, _SAFE_IN_HOSTS)
        if self.host:
            text += "/"
        text += _quoted(path, _SAFE_IN_PATHS)
        if self.query:
            text += "?" + self.query
        if self.fragment is not None:
            text += "#" + _quoted(self.fragment, _SAFE_IN_PATHS)
        return text


def bundle_location(path: str) -> tuple[str, str] | None:
    """The repository ("" for the one around) and the file of a location that is a bundle; None for any other."""
    if path.startswith("bundle:"):
        first, plus, second = path[7:].removeprefix("//").partition("+")
        return (first, second) if plus else ("", first)
    return ("", path) if os.path.isfile(path) else None


def hide_password(text: str) -> str:
    """The location with stars for its password."""
    location = Location(text)
    if location.password:
        location.password = "***"
    return location.text()


def _has_drive(text: str) -> bool:
    return len(text) > 1 and text[1] == ":" and text[0].isascii() and text[0].isalpha()


def _is_bracketed(host: str) -> bool:
    return host.startswith("[") and host.endswith("]")


def _quoted(text: str, safe: bytes) -> str:
    data = text.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in data)


def _unquoted(text: str | None) -> str | None:
    if text is None or "%" not in text:
        return text
    first, *rest = text.encode("utf-8", "surrogateescape").split(b"%")
    parts = [first]
    for part in rest:
        digits = part[:2]
        if len(digits) == 2 and all(byte in b"0123456789abcdefABCDEF" for byte in digits):
            parts += [bytes.fromhex(digits.decode("ascii")), part[2:]]
        else:
            parts += [b"%", part]
    return b"".join(parts).decode("utf-8", "surrogateescape")
