"""Raw DICOM: one pass over the elements as they lie in the file, pixel data never touched."""
