"""The hierarchy and the folder that a gear's code starts with."""

pytest_plugins = ["gear_folder"]
