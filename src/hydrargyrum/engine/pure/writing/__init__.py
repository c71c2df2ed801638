"""Appending to the store: revlogs, manifests, changesets and the small files that go with them, below one journal."""
