"""Text algorithms on bytes: line matching, deltas, unified diffs, three-way merges, line attribution.

Pure functions, the twin of the Rust crate `text` with the same results; no I/O, no repositories, no configuration.
"""
