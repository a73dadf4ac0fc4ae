"""Entry point of `python -m itnet_train`."""

import sys

from .cli import main

sys.exit(main())
