"""The storage SCP: standard library only, so that many receiver processes stay small (flow step 1)."""
