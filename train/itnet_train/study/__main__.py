"""Entry point of `python -m itnet_train.study`."""

import sys

from .cli import main

sys.exit(main())
