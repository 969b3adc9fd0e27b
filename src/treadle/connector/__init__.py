"""The edge connector: receives DICOM, keeps it safe in a spool, and sends complete series to the server."""
