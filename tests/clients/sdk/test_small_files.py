"""Many small files at once."""

import flywheel


def test_many_files_go_in_one_call(acquisition):
    """The fast way for small files that the how-to names."""
    specs = [flywheel.FileSpec(f"{number:03}.txt", f"text {number}") for number in range(200)]
    acquisition.upload_file(specs)
    files = acquisition.reload().files
    assert sorted(one.name for one in files) == [spec.name for spec in specs]
    assert acquisition.read_file("199.txt") == b"text 199"
