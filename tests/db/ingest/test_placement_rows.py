"""The rows of the decision tables of connector.md 5 and 8 that the vectors leave open."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from treadle.dicom.routing import RoutingConfig, parse_routing
from treadle.server.catalog.moves import move_container
from treadle.server.ingest.aliases import routing_alias
from treadle.server.ingest.parking import find_destination

STORY = [  # what is typed, where it lands (connector.md 5)
    ("fw://psych/study01/sub-001/ses-1", "psych", "study01", "ok"),
    ("fw://psych/study01/ses01", "psych", "study01", "ok"),
    ("fw://psych", "psych", "Unsorted", "project_missing"),
    ("fw://psych//s9", "psych", "Unsorted", "project_missing"),
    ("psych/study01", "unknown", "Unsorted", "no_prefix"),
    ("", "unknown", "Unsorted", "no_routing_string"),
    ("fw://", "unknown", "Unsorted", "group_missing"),
    ("fw:// /p/s", "unknown", "Unsorted", "group_missing"),
    ("fw://psyhc/study01", "unknown", "Unsorted", "group_not_found"),
    ("fw://psych/studdy01", "psych", "Unsorted", "project_not_found"),
    ("s9@psych/study01", "psych", "study01", "ok"),
    ("s9@psych", "psych", "Unsorted", "project_missing"),
    ("@psych/study01", "psych", "study01", "ok"),
    ("FW:\\\\Psych\\Study01", "psych", "study01", "ok"),
    ("fw:/psych/study01", "psych", "study01", "ok"),
    ("fw://p sych/study01", "unknown", "Unsorted", "group_invalid"),
    ("fw://unknown/Unsorted", "unknown", "Unsorted", "group_not_found"),
    ("fw://psych/shut", "psych", "Unsorted", "project_locked"),
]


@pytest.mark.parametrize(("typed", "group", "project", "reason"), STORY)
def test_what_is_typed_lands_where_the_table_says(site, typed, group, project, reason):
    async def work(there):
        await there.world({"psych": ["study01", "shut"], "neuro": ["study01"]})
        lock = """UPDATE container SET doc = doc || '{"locked": {"reason": "other"}}' WHERE label = 'shut'"""
        await there.run(lambda connection: connection.execute(text(lock)))
        placed = await there.place(typed)
        landed = await there.get(placed.session.project_id)
        assert (placed.session.group_id, landed.label, placed.reason or "ok") == (group, project, reason)

    site(work)


def test_an_unknown_project_is_created_only_when_that_is_switched_on(site):
    async def work(there):
        await there.world({"g": ["p"]})
        made = await there.place("fw://g/new", create_projects=True)
        assert made.reason is None
        assert (await there.get(made.session.project_id)).label == "new"

    site(work)


def test_of_equal_labels_in_any_case_the_exact_then_the_oldest_project_is_meant(site):
    async def work(there):
        world = await there.world({"g": ["Study", "STUDY"]})
        exact = await there.place("fw://g/STUDY", study="1", uid="1.1")
        oldest = await there.place("fw://g/study", study="2", uid="2.1")
        assert [exact.session.project_id, oldest.session.project_id] == [
            world["g"][1].id,
            world["g"][0].id,
        ]

    site(work)


def test_of_several_sessions_of_the_study_the_routed_projects_wins_else_the_newest(site):
    async def work(there):
        world = await there.world({"g": ["p", "q", "r"]})
        made = []
        for project in world["g"][:2]:
            subject = await there.make("subject", project, "s")
            made.append(await there.make("session", subject, "e", uid="1.2.3"))
        assert (await there.place("fw://g/p", uid="1.2.3.1")).session.id == made[0].id
        assert (await there.place("fw://g/r", uid="1.2.3.2")).session.id == made[1].id

    site(work)


def test_a_copy_is_never_what_new_images_join(site):
    async def work(there):
        world = await there.world({"g": ["p"]})
        subject = await there.make("subject", world["g"][0], "s")
        copy = await there.make("session", subject, "e", uid="1.2.3")
        mark = """UPDATE container SET doc = doc || '{"copy_of": "x"}' WHERE id = :id"""
        await there.run(lambda connection: connection.execute(text(mark), {"id": copy.id}))
        assert (await there.place("fw://g/p/s")).session.id != copy.id

    site(work)


REROUTES = [  # parked by this string, later this one; where the session is then
    ("nonsense", "fw://g/p", "p", None),
    ("fw://g/typo", "fw://g/p", "p", None),
    ("fw://g", "fw://g/p", "p", None),
    ("fw://gone/p", "fw://g/p", "p", None),
    ("fw://g/typo", "fw://g/typo2", "Unsorted", "project_not_found"),  # still nowhere: stays as it is
    ("nonsense", "fw://g/typo", "Unsorted", "no_prefix"),  # from one parking place to another is no progress
]


@pytest.mark.parametrize(("first", "then", "label", "reason"), REROUTES)
def test_a_parked_session_follows_a_string_that_leads_to_a_real_project(site, first, then, label, reason):
    async def work(there):
        await there.world({"g": ["p"]})
        parked = await there.place(first)
        again = await there.place(then)
        assert again.session.id == parked.session.id
        assert ((await there.get(again.session.project_id)).label, again.reason) == (label, reason)

    site(work)


def test_a_corrected_string_brings_its_subject_and_session_label_along(site):
    async def work(there):
        await there.world({"g": ["p"]})
        await there.place("nonsense", fields={"subject.label": "ex1"})
        again = await there.place("fw://g/p/s9/visit", fields={"subject.label": "s9"})
        assert (await there.get(again.session.subject_id)).label == "s9"
        assert again.session.label == "visit"

    site(work)


def test_without_auto_reroute_a_parked_session_waits_for_a_person(site):
    async def work(there):
        await there.world({"g": ["p"]})
        parked = await there.place("nonsense")
        again = await there.place("fw://g/p", auto_reroute=False)
        assert again.session.project_id == parked.session.project_id
        assert again.reason == "no_prefix"

    site(work)


def test_a_session_put_aside_by_hand_into_unsorted_is_not_moved(site):
    async def work(there):
        world = await there.world({"g": ["p", "Unsorted"]})
        placed = await there.place("fw://g/p")
        subject = await there.make("subject", world["g"][1], "s")
        await there.run(lambda connection: move_container(connection, placed.session, parent=subject))
        again = await there.place("fw://g/p")
        assert again.session.project_id == world["g"][1].id

    site(work)


async def _alias(there, typed, project, device=""):
    values = {"id": f"{typed}{device}", "typed": typed, "project_id": project.id, "device": device}
    await there.run(lambda connection: connection.execute(routing_alias.insert().values(values)))


def test_an_alias_is_followed_in_any_case_and_named_in_the_placement(site):
    async def work(there):
        world = await there.world({"psych": ["study01"]})
        await _alias(there, "psyhc/study01", world["psych"][0])
        placed = await there.place("fw://Psyhc/STUDY01/s")
        assert (placed.session.project_id, placed.reason) == (world["psych"][0].id, None)
        assert placed.session.placement["flags"] == ["alias"]
        assert placed.session.placement["requested"]["group"] == "psyhc"
        assert (await there.place("fw://psyhc/other", study="9", uid="9.1")).reason == "group_not_found"

    site(work)


def test_an_alias_also_mends_what_is_no_group_id_at_all(site):
    async def work(there):
        world = await there.world({"psych": ["study01"]})
        await _alias(there, "psy ch/study01", world["psych"][0])
        assert (await there.place("fw://psy ch/study01")).session.project_id == world["psych"][0].id

    site(work)


def test_a_scanners_own_alias_comes_before_that_of_all(site):
    async def work(there):
        world = await there.world({"g": ["p", "q"]})
        await _alias(there, "g/x", world["g"][0])
        await _alias(there, "g/x", world["g"][1], device="scanner")
        assert (await there.place("fw://g/x")).session.project_id == world["g"][1].id
        found = await there.run(
            lambda connection: find_destination(
                connection,
                parse_routing("fw://g/x", RoutingConfig()),
                create_projects=False,
                device="another",
            )
        )
        assert found.project.id == world["g"][0].id

    site(work)


def test_an_alias_to_a_deleted_project_is_as_if_it_were_not_there(site):
    async def work(there):
        world = await there.world({"g": ["p"]})
        await _alias(there, "g/x", world["g"][0])
        gone = text("UPDATE container SET deleted_at = now() WHERE id = :id")
        await there.run(lambda connection: connection.execute(gone, {"id": world["g"][0].id}))
        assert (await there.place("fw://g/x")).reason == "project_not_found"

    site(work)


def test_a_parked_session_follows_an_alias_made_since(site):
    async def work(there):
        world = await there.world({"g": ["p"]})
        await there.place("fw://g/x")
        await _alias(there, "g/x", world["g"][0])
        again = await there.place("fw://g/x")
        assert (again.session.project_id, again.reason) == (world["g"][0].id, None)

    site(work)
