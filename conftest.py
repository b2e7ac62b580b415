"""In every kernel that pytest starts, a verdict other than "passed" fails its cell."""

import os

os.environ["STLEARN_RAISE_VERDICTS"] = "1"
