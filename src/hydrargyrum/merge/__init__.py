"""Merging: what becomes of every file, copies on both sides, contents, and the record of what is not resolved.

Nothing is committed here and no command is known; use cases are in `ops/`.
"""
