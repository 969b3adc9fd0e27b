"""Settings of the site are changed through the SDK, which reads the whole document back."""


def test_settings_of_the_site_are_changed(fw):
    (storage,) = fw.get_providers(_class="storage")
    assert (
        fw.modify_site_settings({"providers": {"change_log": storage.id}}).providers.change_log == storage.id
    )
