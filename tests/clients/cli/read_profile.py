"""Runs with the packages of `fw`: what it reads as the server's profile, and what its own tool makes of a file."""

import json
import sys
from pathlib import Path

from flywheel_cli.util import get_sdk_client
from flywheel_migration.deidentify.deid_profile import DeIdProfile
from fs.osfs import OSFS

key, group, project, source, target = sys.argv[1:]
document = get_sdk_client(key).get_deid_profile(group, project)
profile = DeIdProfile()
profile.load_config(document)
errors = profile.validate()
profile.initialize()
names = [path.name for path in Path(source).iterdir()]
profile.get_file_profile("dicom").process_files(OSFS(source), OSFS(target), names)
print(
    json.dumps({"name": document["name"], "keys": sorted(document), "errors": [str(one) for one in errors]})
)
