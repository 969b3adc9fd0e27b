"""What the field rules of a profile do: values (`actions`), names of output files, and rules on DICOM data sets."""
