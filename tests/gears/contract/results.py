"""What a gear leaves: outputs of every kind, metadata, a log (gears.md 5.3, 5.4, 5.6)."""

import json
import sys

from checking import BASE, CONFIG
from toolkits import METADATA, WRITTEN


def leave():
    output = BASE / "output"
    (output / "empty").touch()
    (output / "日本 ö (1).nii.gz").write_bytes(b"\x1f\x8b")
    (output / "folder").mkdir()
    (output / "folder" / "within").write_text("x")
    (output / "link").symlink_to("empty")
    (output / "outside").symlink_to("/etc/passwd")
    METADATA.write_text(json.dumps(WRITTEN), "utf-8")
    print("the key is", CONFIG["inputs"]["api-key"]["key"])
    print("日本", "x" * 100_000)
    sys.stdout.flush()
    sys.stderr.buffer.write(b"not UTF-8: \xff\xfe\nwithout an end of line")
