"""`python -m ui`: the window and the demo, which the launcher starts by this name."""

import sys

from app import cli
from ui import main

sys.exit(main.run(cli.parse(sys.argv[1:] or ["window"])))
