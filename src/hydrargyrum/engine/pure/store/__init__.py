"""Reading the store: layout, revlogs and what they hold. Names of revisions and the working copy live elsewhere."""
