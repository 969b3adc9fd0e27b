"""What goes wrong between Treadle and a cluster's scheduler."""

from __future__ import annotations


class SchedulerUnavailable(Exception):
    """The scheduler does not answer, or not in words that are understood."""


class SubmissionRefused(Exception):
    """The scheduler will not take this job: unknown queue, more memory than any node has, no such account."""
