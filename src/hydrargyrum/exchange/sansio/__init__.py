"""Formats of exchange as pure functions over bytes: no file, no repository, no network.

Where the bytes come from and what is done with the revisions belongs to the callers.
"""
