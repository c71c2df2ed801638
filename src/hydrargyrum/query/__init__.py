"""The query languages: revision sets in `revset`, file sets in `fileset`, and what both share.

Who asks, and what is done with an answer, is not known here.
"""
