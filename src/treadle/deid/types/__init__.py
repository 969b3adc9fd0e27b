"""Handlers of the file types that are not DICOM, by the name of their section in a profile.

A handler is `process(name, data, section, run) -> [(output name, bytes), ...]`; it raises `Rejected`. `load(kind)`
imports it on demand, so that a missing extra only takes its own types away (`DEID_UNSUPPORTED_TYPE`).
"""
