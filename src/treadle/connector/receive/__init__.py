"""The storage SCP: little beyond the standard library, so that many receiver processes stay small (flow step 1)."""
