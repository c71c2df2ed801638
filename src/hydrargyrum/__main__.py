"""`python -m hydrargyrum` is `hg`."""

from __future__ import annotations

import sys

from hydrargyrum.cli.main import main

sys.exit(main())
