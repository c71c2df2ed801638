"""The template language: text with `{expressions}` compiled once and rendered for row after row.

Parsing, values, evaluation and the built-in keywords, filters and functions live here; where rows come from and where
the text goes does not.
"""

from __future__ import annotations
