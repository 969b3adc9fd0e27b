"""Routing strings, field mapping, series identity, header JSON, classification and packing of DICOM series.

Pure functions over `pydicom`; nothing here talks to a network, a database or the rest of Treadle.

    >>> from pydicom.dataset import Dataset
    >>> from treadle.dicom.mapping import map_instance
    >>> from treadle.dicom.routing import read_routing
    >>> ds = Dataset()
    >>> ds.PatientID, ds.StudyInstanceUID, ds.SeriesInstanceUID = "fw://psych/study01/s01", "1.2.3", "4.5.6"
    >>> fields = map_instance(ds, route=read_routing(ds))
    >>> fields.project_label, fields.subject_label
    ('study01', 's01')
"""
