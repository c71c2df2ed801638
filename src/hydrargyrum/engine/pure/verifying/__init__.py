"""Verification by the pure readers: everything in the history is read, and held against everything else.

How findings are worded is the business of `ops.verify`.
"""
