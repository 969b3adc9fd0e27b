"""fw-gear 0.3: what gears call."""

from checking import EXPECTED, SCAN, equal
from fw_gear import GearContext

with GearContext() as context:
    context.init_logging()
    context.log_config()
    equal(context.config.opts["names"], ["a", "b c"])
    equal(context.manifest.name, "contract")
    equal(context.config.job["id"], context.config.job["id"])
    equal(str(context.config.get_input_path("scan")), f"/flywheel/v0/input/scan/{SCAN}")
    with context.config.open_input("scan") as held:
        equal(held.read(), "voxels\n")
    equal(context.get_context_value("protocol"), {"rest": [1, None, "ö"]})
    equal(context.config.get_destination_container().id, EXPECTED["acquisition"])
    equal(context.config.get_destination_parent().id, EXPECTED["session"])
    with context.open_output("by fw-gear, ü.txt") as made:
        made.write("made\n")
    scan = context.config.get_input("scan")
    context.metadata.add_qc_result(scan, "motion", "pass", worst=0.5)
    context.metadata.add_file_tags(scan, ["second"])
    context.metadata.update_file_metadata(
        "by fw-gear, ü.txt",
        container_type="acquisition",
        type="text",
        tags=["made"],
        info={"n": [1, {"a": None}]},
    )
    context.metadata.update_container("acquisition", info={"by": "fw-gear"}, label="not this: it has one")
