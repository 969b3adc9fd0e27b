"""Info, tags and notes on every level that has them."""

import pytest

DESCRIBED = ["project", "subject", "session", "acquisition", "collection", "analysis"]
TAGGED = ["group", *DESCRIBED]
ODD_TAGS = ["plain", "a/b", "me@home", "100%", "%2F", "#1", "what?", "a b", "a+b", "täg 体 😀", "x" * 64]


@pytest.mark.parametrize("container", DESCRIBED, indirect=True)
def test_info_is_set_replaced_and_deleted(container):
    container.update_info(a=1, b={"c": [1, 2.5, "x", None, True]})
    container.update_info({"d": "ü"})
    assert container.reload().info == {"a": 1, "b": {"c": [1, 2.5, "x", None, True]}, "d": "ü"}
    container.update_info({"b": {"e": 1}})
    assert container.reload().info["b"] == {"e": 1}
    container.delete_info("a", "b")
    assert container.reload().info == {"d": "ü"}
    container.replace_info({"only": {"this": 1}})
    assert container.reload().info == {"only": {"this": 1}}
    container.replace_info({})
    assert container.reload().info == {}


def test_forbidden_characters_in_info_keys_are_replaced(session):
    session.update_info({"a.b": 1, "$c": {"d.e": 2, "f": [{"g$h": 3}]}})
    assert session.reload().info == {"a_b": 1, "-c": {"d_e": 2, "f": [{"g-h": 3}]}}


def test_a_dotted_path_deletes_inside(session):
    session.update_info(a={"b": 1, "c": 2})
    session.delete_info("a.b")
    assert session.reload().info == {"a": {"c": 2}}


def test_info_in_a_plain_change_is_merged(session):
    session.update_info(a=1)
    session.update(info={"b": 2})
    assert session.reload().info == {"a": 1, "b": 2}


def test_replace_and_set_together_are_refused(fw, session, refused):
    refused(400, fw.modify_session_info, session.id, {"replace": {"a": 1}, "set": {"b": 2}})


def test_large_and_deep_info_is_kept(session):
    deep = {"leaf": 1}
    for _ in range(60):
        deep = {"n": deep}
    info = {"deep": deep, "long": ["x" * 1000] * 1000}
    session.replace_info(info)
    assert session.reload().info == info


@pytest.mark.parametrize("container", TAGGED, indirect=True)
def test_every_level_takes_odd_tags(container):
    for tag in ODD_TAGS:
        container.add_tag(tag)
    assert sorted(container.reload().tags) == sorted(ODD_TAGS)
    for tag in ODD_TAGS:
        container.rename_tag(tag, tag[:60] + "!/")
        container.delete_tag(tag[:60] + "!/")
    assert not container.reload().tags


def test_a_tag_is_there_once(session, refused):
    session.add_tag("t")
    refused(409, session.add_tag, "t")
    refused(404, session.delete_tag, "other")


def test_tags_keep_their_case(session):
    session.add_tag("T")
    session.add_tag("t")
    assert sorted(session.reload().tags) == ["T", "t"]


def test_tags_come_and_go_in_bulk(fw, session):
    session.add_tag("a")
    fw.add_session_tags(session.id, ["a", "b", "c"])
    assert sorted(session.reload().tags) == ["a", "b", "c"]
    fw.delete_session_tags(session.id, ["a", "c"])
    assert session.reload().tags == ["b"]


def test_one_tag_can_be_asked_for(fw, session, refused):
    session.add_tag("a/b")
    assert fw.get_session_tag(session.id, "a/b") == "a/b"
    refused(404, fw.get_session_tag, session.id, "a")


def test_renaming_gives_the_new_tag(session):
    session.add_tag("t")
    assert session.rename_tag("t", "u/v") == "u/v"


def test_tags_can_be_put_by_the_containers_id_alone(fw, acquisition):
    fw.add_container_tag(acquisition.id, "t")
    assert fw.rename_container_tag(acquisition.id, "t", "u") == "u"
    fw.delete_container_tag(acquisition.id, "u")
    assert not acquisition.reload().tags


@pytest.mark.parametrize("container", DESCRIBED, indirect=True)
def test_every_level_takes_notes(container, email):
    note = container.add_note("größer\nas <b>expected</b>")
    assert (note.text, note.user) == ("größer\nas <b>expected</b>", email)
    (kept,) = container.reload().notes
    assert (kept.id, kept.text) == (note.id, note.text)
    container.delete_note(note.id)
    assert not container.reload().notes


def test_a_note_can_be_read_and_changed(fw, session, refused):
    note = session.add_note("one")
    assert fw.get_session_note(session.id, note.id).text == "one"
    assert fw.modify_session_note(session.id, note.id, {"text": "two"}) == 1
    assert fw.get_session_note(session.id, note.id).text == "two"
    refused(404, fw.get_session_note, session.id, "0" * 24)


def test_notes_can_be_put_by_the_containers_id_alone(fw, acquisition):
    note = fw.add_container_note(acquisition.id, "n")
    assert fw.get_acquisition_note(acquisition.id, note.id).text == "n"
    assert fw.delete_container_note(acquisition.id, note.id).deleted == 1


def test_info_can_be_put_by_the_containers_id_alone(fw, acquisition):
    fw.set_container_info(acquisition.id, {"a": 1})
    assert acquisition.reload().info == {"a": 1}
