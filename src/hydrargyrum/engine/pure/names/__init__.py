"""What names stand for: bookmarks, tags, branches, phases, hidden revisions, and resolving a symbol to a revision."""
