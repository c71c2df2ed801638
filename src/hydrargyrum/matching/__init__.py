"""File patterns, `-I`/`-X` and ignore files of the pure engine: `build.build` and `ignore.load_ignore`.

The formats are described in `docs/formats/patterns.md` and `hgignore.md`; walking and reporting are done elsewhere.
"""
