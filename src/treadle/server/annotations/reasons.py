"""Why a measurement set is deleted (web.md 8.1)."""

from __future__ import annotations

REASONS = (
    "incorrect_measurement",
    "incorrect_type",
    "incorrect_label",
    "obsolete_after_new_information",
    "adjudication_adjustment",
    "contains_phi",
    "after_audit",
    "regulatory_preparation",
    "duplicate",
    "test_data",
    "other",
)
