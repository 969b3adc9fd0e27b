"""DICOMweb (PS3.18): search, retrieve and store over the platform's own files."""
