"""hydrargyrum: a distributed version control system of Mercurial's kind.

The typed Python API is re-exported here; importing the package alone loads nothing else.
"""

__version__ = "0.1.0"
