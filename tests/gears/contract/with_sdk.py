"""flywheel-sdk 17.8: reads, writes and uploads with the key of the run."""

import flywheel
from checking import CONFIG, EXPECTED, SCAN, equal

client = flywheel.Client(CONFIG["inputs"]["api-key"]["key"])
acquisition = client.get_acquisition(EXPECTED["acquisition"])
equal(acquisition.read_file(SCAN), b"voxels\n")
acquisition.upload_file(flywheel.FileSpec("by sdk.txt", b"sent", "text/plain"))
acquisition.update_info({"by_sdk": 17})
equal(client.get_job(CONFIG["job"]["id"]).state, "running")
