"""Where series go: the vectors, and every rule of placement, on a real database."""

import asyncio
import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from placement_kit import SYSTEM
from sqlalchemy import text

from treadle.dicom.routing import RoutingConfig, parse_routing
from treadle.server.catalog.moves import move_container
from treadle.server.catalog.trash import delete_container
from treadle.server.ingest import queries
from treadle.server.ingest.parking import find_destination, make_destination

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "connector_vectors.json"


def vectors():
    if not VECTORS.exists():
        return []
    return [pytest.param(item, id=item["id"]) for item in json.loads(VECTORS.read_text())["placement"]]


@pytest.mark.parametrize("vector", vectors())
def test_strings_lead_where_the_vectors_say(site, vector):
    config = vector.get("config", {})
    route = parse_routing(vector["raw"], RoutingConfig.from_flat(config))

    async def work(there):
        await there.world(vector["world"])

        async def decide(connection):
            found = await find_destination(
                connection, route, create_projects=config.get("create_projects", False)
            )
            return found, await make_destination(connection, found)

        found, project = await there.run(decide)
        assert {
            "group": found.target.group,
            "project": found.target.project,
            "creates_project": found.target.creates_project,
            "reason": found.target.reason,
        } == vector["expect"]
        assert (project.group_id, project.label) == (vector["expect"]["group"], vector["expect"]["project"])

    site(work)


def test_an_acquisition_of_that_uid_wins_even_in_a_foreign_session(site):
    async def work(there):
        await there.world({"g": ["p"], "other": ["q"]})
        first = await there.place()
        again = await there.place("fw://other/q", study="9.9.9")
        assert again.acquisition.id == first.acquisition.id
        assert again.session.id == first.session.id

    site(work)


def test_a_session_of_that_uid_takes_new_series_wherever_it_was_moved(site):
    async def work(there):
        world = await there.world({"g": ["p"], "other": ["q"]})
        first = await there.place()
        subject = await there.make("subject", world["other"][0], "new")
        await there.run(lambda connection: move_container(connection, first.session, parent=subject))
        second = await there.place(uid="1.2.3.5")
        assert second.session.id == first.session.id
        assert second.acquisition.project_id == world["other"][0].id

    site(work)


def test_deleted_containers_never_match(site):
    async def work(there):
        await there.world({"g": ["p"]})
        first = await there.place()
        await there.run(
            lambda connection: delete_container(connection, first.session, origin=SYSTEM, reason=None)
        )
        assert (await there.place()).session.id != first.session.id

    site(work)


def test_the_same_session_label_with_another_study_is_another_session(site):
    async def work(there):
        await there.world({"g": ["p"]})
        one = await there.place("fw://g/p/s/ses-1")
        two = await there.place("fw://g/p/s/ses-1", study="1.2.9", uid="1.2.9.1")
        assert one.session.id != two.session.id
        merged = await there.place("fw://g/p/s/ses-1", study="1.2.10", uid="1.2.10.1", merge_sessions=True)
        assert merged.session.id == one.session.id
        assert merged.session.placement["study_uids"] == ["1.2.10"]

    site(work)


def test_what_cannot_be_routed_is_parked_with_its_reason_and_what_was_asked(site):
    async def work(there):
        await there.world({"g": ["p"]})
        parked = await there.place("fw://g/typo/s")
        assert parked.reason == "project_not_found"
        placement = parked.session.placement
        assert placement["requested"]["project"] == "typo"
        assert placement["by"] == "connector"
        assert placement["target"]["project"] == parked.session.project_id
        lost = await there.place("nonsense", study="5.5", uid="5.5.1")
        assert lost.reason == "no_prefix"
        assert (await there.get(lost.session.project_id)).label == "Unsorted"
        assert lost.session.group_id == "unknown"

    site(work)


async def lock(there, locked='{"reason": "other"}'):
    """Locks the project `p`, or unlocks it with `null`."""
    change = text("UPDATE container SET doc = doc || CAST(:doc AS jsonb) WHERE label = 'p'")
    await there.run(lambda connection: connection.execute(change, {"doc": f'{{"locked": {locked}}}'}))


def test_a_locked_project_counts_as_not_found(site):
    async def work(there):
        await there.world({"g": ["p"]})
        await lock(there)
        assert (await there.place()).reason == "project_locked"

    site(work)


def test_a_session_in_a_locked_project_takes_no_more_series(site):
    async def work(there):
        await there.world({"g": ["p", "q"]})
        first = await there.place()
        await lock(there)
        again = await there.place()  # the series that is there, with more images
        other = await there.place(uid="1.2.77")
        assert (again.reason, other.reason) == ("project_locked", "project_locked")
        assert again.session.id == other.session.id != first.session.id
        assert again.acquisition.id != first.acquisition.id
        moved = await there.place("fw://g/q/s", uid="1.2.78")  # its string leads to a project that is open
        assert (moved.reason, moved.session.id) == (None, again.session.id)
        await lock(there, "null")
        assert (await there.place(uid="1.2.79")).session.id == first.session.id

    site(work)


def test_a_corrected_string_moves_a_parked_session_and_clears_its_empty_subject(site):
    async def work(there):
        world = await there.world({"g": ["p"]})
        parked = await there.place("fw://g/typo/s")
        moved = await there.place("fw://g/p/s")
        assert moved.session.id == parked.session.id
        assert moved.acquisition.id == parked.acquisition.id
        assert moved.acquisition.project_id == world["g"][0].id
        assert moved.reason is None
        assert (
            await there.run(
                lambda connection: queries.live_by_id(connection, parked.session.subject_id, "subject")
            )
            is None
        )

    site(work)


def test_a_parked_session_that_somebody_moved_stays_where_it_is(site):
    async def work(there):
        world = await there.world({"g": ["p", "r"]})
        parked = await there.place("fw://g/typo/s")
        subject = await there.make("subject", world["g"][1], "s")
        await there.run(lambda connection: move_container(connection, parked.session, parent=subject))
        again = await there.place("fw://g/p/s")
        assert again.session.project_id == world["g"][1].id

    site(work)


def test_a_session_that_was_routed_well_does_not_wander(site):
    async def work(there):
        world = await there.world({"g": ["p", "r"]})
        await there.place("fw://g/p/s")
        assert (await there.place("fw://g/r/s")).session.project_id == world["g"][0].id

    site(work)


def test_subjects_match_exactly_else_by_the_only_other_case_else_are_new(site):
    async def work(there):
        world = await there.world({"g": ["p"]})
        project = world["g"][0]
        upper = await there.make("subject", project, "SUB")
        assert (await there.place()).session.subject_id == upper.id
        exact = await there.make("subject", project, "sub")
        assert (await there.place(study="2", uid="2.1")).session.subject_id == exact.id
        third = await there.place(study="3", uid="3.1", fields={"subject.label": "Sub"})
        assert third.session.subject_id not in (upper.id, exact.id)

    site(work)


def test_nothing_is_overwritten_and_contradictions_are_flagged(site):
    async def work(there):
        await there.world({"g": ["p"]})
        first = await there.place(fields={"subject.firstname": "Ann", "session.age": 5})
        second = await there.place(
            uid="1.2.3.5", fields={"subject.firstname": "Bob", "subject.sex": "male", "session.age": 9}
        )
        subject = await there.get(first.session.subject_id)
        assert (subject.doc["firstname"], subject.doc["sex"]) == ("Ann", "male")
        assert second.session.doc["age"] == 5
        assert "subject_conflict" in second.session.placement["flags"]

    site(work)


def test_a_capture_gives_only_a_provisional_label(site):
    async def work(there):
        await there.world({"g": ["p"]})
        capture = await there.place(
            series_uid="1.2.3.5",
            fields={"acquisition.label": "Screen", "acquisition.timestamp": "2020-01-01"},
        )
        primary = await there.place(
            fields={"acquisition.label": "T1", "acquisition.timestamp": "2021-01-01T00:00:00Z"}
        )
        assert primary.acquisition.id == capture.acquisition.id
        assert primary.acquisition.label == "T1"
        assert primary.acquisition.timestamp.year == 2021
        late = await there.place(series_uid="1.2.3.5", fields={"acquisition.label": "Screen"})
        assert late.acquisition.label == "T1"

    site(work)


def test_two_series_of_a_new_study_at_once_make_one_session_and_one_parking_place(site):
    async def work(there):
        placed = await asyncio.gather(
            *(there.place("nonsense", uid=f"1.2.3.{number}") for number in range(8)),
        )
        assert len({item.session.id for item in placed}) == 1
        assert len({item.acquisition.id for item in placed}) == 8

    site(work)


def test_many_studies_at_once_share_group_project_and_subject(site):
    async def work(there):
        placed = await asyncio.gather(
            *(there.place("", study=f"7.{number}", uid=f"7.{number}.1") for number in range(8))
        )
        assert len({item.session.project_id for item in placed}) == 1
        assert len({item.session.subject_id for item in placed}) == 1
        assert len({item.session.id for item in placed}) == 8

    site(work)


def test_reasons_of_one_route_do_not_leak_into_another(site):
    async def work(there):
        await there.world({"g": ["p"]})
        flagged = replace(parse_routing("FW:\\\\g\\p"), flags=("repaired_prefix",))
        placed = await there.place(flagged, study=uuid.uuid4().hex)
        assert placed.reason is None
        assert placed.session.placement["flags"] == ["repaired_prefix"]

    site(work)
