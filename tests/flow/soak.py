"""How long the fault tests run: shortly, with fixed seeds, or, under `make soak`, many times longer with new ones."""

import os
import random

TIMES = int(os.environ.get("SOAK_TIMES", "1"))


def seed(fixed: int) -> int:
    """The seed of a test; printed, so that a failed round can be repeated."""
    chosen = (
        fixed if TIMES == 1 else int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10_000))
    )
    print(f"seed {chosen} (SOAK_SEED)")
    return chosen
