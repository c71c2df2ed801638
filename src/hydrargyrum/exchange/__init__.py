"""Bundles and what travels in them: formats in `sansio`, and putting them together from a repository or into one.

Peers that are reached over a network are not here yet; nothing here shows anything.
"""
