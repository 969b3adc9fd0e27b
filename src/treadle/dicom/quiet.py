"""pydicom, told not to print what it reads.

Its checks while reading put the offending values, patient names among them, into the log. Every module here that
reads headers imports this one; modules that only take texts apart stay free of pydicom, which is slow to import.
"""

from pydicom import config

config.settings.reading_validation_mode = config.IGNORE
