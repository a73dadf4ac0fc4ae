"""Progress of long loops on stderr: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

SECONDS = 30.0  # between two lines where stderr is no terminal


class Progress:
    """Iterates over `items` and shows how far it is."""

    def __init__(self, items, total: int, what: str, silent: bool = False) -> None:
        self.items, self.total, self.what, self.silent = items, total, what, silent
        self.terminal = sys.stderr.isatty()
        self.bar, self.text, self.shown = None, "", time.monotonic()

    def __iter__(self):
        if self.silent or not self.terminal:
            yield from self.lines()
            return
        with tqdm(self.items, total=self.total, desc=self.what, leave=False) as self.bar:
            yield from self.bar

    def lines(self):
        for done, item in enumerate(self.items, 1):
            yield item
            if not self.silent and time.monotonic() - self.shown >= SECONDS:
                self.shown = time.monotonic()
                print(f"{self.what}: {done} of {self.total}{', ' if self.text else ''}{self.text}", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """What the loop has found so far."""
        self.text = text
        if self.bar is not None:
            self.bar.set_postfix_str(text)
