"""A real Treadle for the tests of gears and scripts: see `docs/howto/test-against-treadle.md`."""
