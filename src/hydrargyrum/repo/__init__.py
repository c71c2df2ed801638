"""A repository as commands see it: changesets, file revisions, the working copy, and how paths are shown.

Thin classes over an engine's repository and the configuration; formats and algorithms are the engine's.
"""

from __future__ import annotations

from hydrargyrum.repo.changeset import Changeset
from hydrargyrum.repo.filerevision import FileRevision, WorkingFile
from hydrargyrum.repo.repository import Repository
from hydrargyrum.repo.workingcopy import WorkingCopy

__all__ = ["Changeset", "FileRevision", "Repository", "WorkingCopy", "WorkingFile"]
