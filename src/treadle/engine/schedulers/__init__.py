"""Batch schedulers of clusters, each behind the same few calls (`contract.Scheduler`).

A driver speaks to its scheduler through the scheduler's own commands and keeps nothing in memory that a restart needs:
what a job's end leaves lies in a folder that the cluster's nodes share.
"""
