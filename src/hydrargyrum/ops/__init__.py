"""Use cases on an opened repository: typed request in, typed result out.

Nothing here prints, asks or reads config files.
"""
