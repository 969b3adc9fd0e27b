"""What the gears that ship have in common: the base folder, inputs of many files, pictures, reports."""
