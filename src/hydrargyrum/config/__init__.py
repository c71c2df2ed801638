"""Configuration: files and other layers, declared items, typed values with their source, trust.

Nothing here prints or reads the environment by itself: the caller hands in both.
"""

from __future__ import annotations

from hydrargyrum.config.layered import Config

__all__ = ["Config"]
