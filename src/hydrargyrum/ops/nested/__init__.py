"""Work on subrepositories: what a changeset records of them, committing, moving and merging what is inside.

Comparing them (`status -S` and so on) is in `ops.subrepos`.
"""
