"""The built-in predicates of the revision language, by what they look at.

Each module declares its own; what a predicate is, is said in `declare`.
"""
