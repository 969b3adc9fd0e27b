"""The gear's own test: `python3 -m unittest`, here or in the image."""

import json
import tempfile
import unittest
from pathlib import Path

import run

MANIFEST = json.loads(Path(__file__).with_name("manifest.json").read_text(encoding="utf-8"))


class RunTest(unittest.TestCase):
    """A run as the platform makes it: config.json and input/ in, output/ out."""

    def setUp(self) -> None:
        """A base folder with every file input and the default config."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = Path(folder.name)
        inputs = {}
        for name, one in MANIFEST["inputs"].items():
            if one["base"] == "file":
                path = self.base / "input" / name / "example.bin"
                path.parent.mkdir(parents=True)
                path.write_bytes(b"example")
                inputs[name] = {"base": "file", "location": {"name": path.name}}
        config = {name: one["default"] for name, one in MANIFEST["config"].items() if "default" in one}
        (self.base / "config.json").write_text(
            json.dumps({"config": config, "inputs": inputs}), encoding="utf-8"
        )

    def test_the_report_names_every_input(self) -> None:
        """What was given is what is reported."""
        self.assertEqual(run.main(self.base), 0)
        report = json.loads((self.base / "output" / "report.json").read_text(encoding="utf-8"))
        wanted = {name for name, one in MANIFEST["inputs"].items() if one["base"] == "file"}
        self.assertEqual(set(report["files"]), wanted)

    def test_a_missing_input_fails_the_run(self) -> None:
        """A failed run says why and has an exit status other than 0."""
        for path in (self.base / "input").rglob("example.bin"):
            path.unlink()
            self.assertNotEqual(run.main(self.base), 0)


if __name__ == "__main__":
    unittest.main()
