"""flywheel-gear-toolkit 0.6: what gears call."""

import logging

from checking import EXPECTED, SCAN, equal
from flywheel_gear_toolkit import GearToolkitContext

with GearToolkitContext() as context:
    context.init_logging()
    context.log_config()
    logging.getLogger("gear").info("the toolkit logs")
    equal(context.config["speed"], 3)
    equal(context.manifest["name"], "contract")
    equal(context.destination["id"], EXPECTED["acquisition"])
    equal(context.get_input_path("scan"), f"/flywheel/v0/input/scan/{SCAN}")
    equal(context.get_input_filename("scan"), SCAN)
    equal(context.get_input_path("second"), None)
    equal(context.get_input_file_object("scan")["size"], 7)
    equal(context.get_input_file_object_value("scan", "tags"), ["first"])
    equal(context.get_context_value("protocol"), {"rest": [1, None, "ö"]})
    with context.open_input("scan") as held:
        equal(held.read(), "voxels\n")
    with context.open_output("by toolkit.txt") as made:
        made.write("made\n")
    equal(context.client.get_current_user().id, EXPECTED["user"])
    acquisition = context.get_destination_container()
    equal(acquisition.label, "A")
    equal(context.get_destination_parent().id, EXPECTED["session"])
    equal(context.get_parent(context.get_destination_parent()).id, EXPECTED["subject"])
    context.metadata.add_qc_result_via_sdk(acquisition, "toolkit", "pass")
    context.update_container_metadata("session", info={"by": {"toolkit": 1}}, tags=["toolkit"], operator="O")
    context.metadata.update_container("project", info={"by": {"toolkit": 2}})
