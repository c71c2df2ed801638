"""The file `.mailmap`: names and addresses under which authors are to be shown.

The format is git's; what has no correction stays as it is.
"""

from __future__ import annotations


class Mailmap:
    """Corrections by (name, address) that were used."""

    def __init__(self, text: str) -> None:
        self._corrections: dict[tuple[str, str], tuple[str, str]] = {}
        for line in text.splitlines():
            self._read(line)

    def _read(self, line: str) -> None:
        names: list[str] = []
        addresses: list[str] = []
        words: list[str] = []
        for part in line.split():
            if part.startswith("#") or len(addresses) == 2:
                break
            if not (part.startswith("<") and part.endswith(">")):
                words.append(part)
                continue
            addresses.append(part[1:-1])
            if words:
                names.append(" ".join(words))
                words = []
        if not addresses or not (names or len(addresses) == 2):
            return
        used_name = names[-1] if len(names) == 2 else ""
        self._corrections[used_name, addresses[-1]] = names[0] if names else "", addresses[0]

    def corrected(self, author: str) -> str:
        """An author (`NAME <ADDRESS>`) after correction."""
        name, bracket, rest = author.partition("<")
        if not bracket or ">" not in rest:
            return author
        name, address = name.strip(), rest.partition(">")[0]
        found = self._corrections.get((name, address)) or self._corrections.get(("", address))
        if found is None:
            return author
        return f"{found[0] or name} <{found[1] or address}>"
