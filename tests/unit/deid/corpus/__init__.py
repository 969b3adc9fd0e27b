"""A corpus of files full of identifiers, made without anything of the engine that is judged by it.

`ledger.py` invents identifiers and remembers each with its place, `classes.py` and `multiframe.py` make files of many
SOP classes, `places.py` and `hidden.py` plant, `encode.py` writes the bytes, `build.py` puts one corpus together,
`search.py` looks for what was planted in what came out.
"""
