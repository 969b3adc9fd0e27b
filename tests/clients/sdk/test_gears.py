"""The gear catalogue with the official SDK: add, find, paths, series, tickets, suggestions, contexts."""

import pytest
from flywheel.rest import ApiException

EXCHANGE = {
    "git-commit": "c0ffee",
    "rootfs-hash": "sha384:ab",
    "rootfs-url": "docker://example/gear@sha256:cd",
}


@pytest.fixture
def manifest(unique):
    name = unique("gear-")
    return {
        "name": name,
        "label": "Gear",
        "description": "Counts.",
        "version": "1.0.0",
        "author": "A",
        "license": "MIT",
        "url": "",
        "source": "",
        "inputs": {
            "image": {"base": "file", "type": {"enum": ["text"]}},
            "key": {"base": "api-key"},
            "licence": {"base": "context"},
        },
        "config": {"speed": {"type": "integer", "default": 2}},
        "custom": {"gear-builder": {"category": "analysis", "image": f"example/{name}:1.0.0"}},
    }


@pytest.fixture
def gear(fw, manifest):
    made = fw.add_gear(manifest["name"], {"category": "analysis", "gear": manifest, "exchange": EXCHANGE})
    return fw.get_gear(made if isinstance(made, str) else made.id)


def test_a_gear_is_added_read_and_found(fw, gear, manifest):
    assert gear.category == "analysis"
    assert gear.is_analysis_gear()
    assert (gear.gear.name, gear.gear.version) == (manifest["name"], "1.0.0")
    assert gear.exchange.rootfs_url == EXCHANGE["rootfs-url"]
    assert gear.get_default_config() == {"speed": 2}
    gear.print_details()
    name = manifest["name"]
    assert [one.id for one in fw.gears.find(f"gear.name={name}")] == [gear.id]
    assert gear.id in [one.id for one in fw.gears()]
    assert gear.id in [one.id for one in fw.get_all_gears(include_invalid=True)]
    assert fw.get_gear_invocation(gear.id)["title"] == "Invocation manifest for Gear"


def test_paths_lead_to_the_newest_version(fw, gear, manifest):
    newer = {**manifest, "version": "1.1.0"}
    fw.add_gear(manifest["name"], {"category": "analysis", "gear": newer, "exchange": EXCHANGE})
    assert fw.lookup(f"gears/{manifest['name']}").gear.version == "1.1.0"
    assert fw.lookup(f"gears/{manifest['name']}/1.0.0").id == gear.id
    found = fw.resolve(f"gears/{manifest['name']}")
    assert [one.gear.version for one in found.path] == ["1.1.0"]
    assert [one.gear.version for one in found.children] == ["1.1.0", "1.0.0"]
    with pytest.raises(ApiException) as refused:
        fw.lookup(f"gears/{manifest['name']}/9")
    assert refused.value.status == 404


def test_a_version_that_exists_is_refused(fw, gear, manifest):
    with pytest.raises(ApiException) as refused:
        fw.add_gear(manifest["name"], {"category": "analysis", "gear": manifest, "exchange": EXCHANGE})
    assert refused.value.status == 409
    assert "already exists" in str(refused.value)


def test_a_gear_is_put_away(fw, gear, manifest):
    fw.delete_gear(gear.id)
    assert fw.get_gear(gear.id).disabled is not None
    assert fw.gears.find(f"gear.name={manifest['name']}") == []


def test_a_series_is_restricted_and_opened(fw, gear, project, email, manifest):
    name = manifest["name"]
    assert fw.get_gear_series(name).is_restricted is False
    assert fw.modify_gear_series(name, {"is_restricted": True}).is_restricted is True
    me = fw.get_current_user().id
    assert fw.add_gear_permission(name, "users", {"id": me}).permissions.users == [me]
    fw.add_gear_permission(name, "projects", {"id": project.id})
    fw.delete_gear_permission(name, "users", me)
    found = fw.get_gear_series(name)
    assert (found.permissions.users, found.permissions.projects) == ([], [project.id])
    assert fw.replace_gear_permissions(name, {"users": [me], "projects": []}).permissions.users == [me]
    fw.delete_gear_permissions(name)
    assert fw.get_gear_series(name).is_restricted is False


def test_a_gear_is_announced_pushed_and_saved(fw, manifest):
    ticket = fw.prepare_add_gear({"category": "analysis", "gear": manifest}).ticket
    assert ticket in fw.get_my_gear_tickets()
    assert fw.get_gear_ticket(ticket).geardoc.gear.name == manifest["name"]
    digest = f"sha256:{'ab' * 32}"
    saved = fw.save_gear({"ticket": ticket, "repo": "example.org/group/gear", "pointer": digest})
    assert saved.exchange.rootfs_url == f"docker://example.org/group/gear@{digest}"


def test_files_and_contexts_that_fit_are_found(fw, gear, project, session, acquisition):
    acquisition.upload_file(_file("a.txt"))
    found = fw.get_gear_suggest(gear.id, "acquisitions", acquisition.id)
    assert [(one.name, one.suggested) for one in found.files] == [("a.txt", {"image": True})]
    below = fw.get_gear_suggest(gear.id, "sessions", session.id, include=["children"])
    assert below.children["acquisitions"][0].id == acquisition.id

    unfound = fw.get_gear_context(gear.id, "sessions", session.id)["licence"]
    assert unfound.found is False
    project.update_info({"context": {"licence": "ABC"}})
    value = fw.get_gear_context(gear.id, "sessions", session.id)["licence"]
    assert (value.found, value.value, value.container_type, value.id) == (True, "ABC", "project", project.id)


def _file(name):
    import flywheel

    return flywheel.FileSpec(name, contents="text", content_type="text/plain")
