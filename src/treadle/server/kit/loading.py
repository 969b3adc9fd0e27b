"""Loading a program without looking for garbage in it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What is imported or built here stays for ever.

    Python would look for garbage among it again and again: a quarter of the time of a start, and a tenth of the
    time of every request later on.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
