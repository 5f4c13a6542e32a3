"""The checks of `make class`, which need a hub, nbgrader and minutes: no part of `make test`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
