"""What all models of bodies and answers have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of models: how one is checked is worked out when it is first used, not 300 times at every start."""

    model_config = ConfigDict(defer_build=True)
