"""Ground floor: settings, ids, clock, errors, logging. Imports nothing of ours."""
