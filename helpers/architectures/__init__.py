"""Networks as lists of layers: what they cost and what their units see, before any weight is drawn.

``describe`` reads a list; the words it is written in come from blueprints, sliding, branches and tokens.
"""

from helpers.architectures.blueprints import *  # noqa: F403
from helpers.architectures.branches import *  # noqa: F403
from helpers.architectures.receptive import Field
from helpers.architectures.sliding import *  # noqa: F403
from helpers.architectures.summary import BYTES, Row, State, describe, times
from helpers.architectures.tokens import *  # noqa: F403
