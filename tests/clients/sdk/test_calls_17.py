"""Calls that only the old SDK has."""


def test_inputs_of_an_analysis_are_downloaded_through_it(fw, session, acquisition, upload, tmp_path):
    scan = upload(acquisition, "scan.txt", "one")
    made = session.add_analysis(label="X", inputs=[scan.ref()])
    upload(acquisition, "scan.txt", "two")
    assert fw.download_input_from_analysis_as_data(made.id, "scan.txt") == b"one"
    assert fw.download_input_from_session_analysis_as_data(session.id, made.id, "scan.txt") == b"one"
    fw.download_input_from_analysis(made.id, "scan.txt", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"one"
    assert fw.get_analysis_file_info(made.id, "scan.txt").version == 1


def test_zip_members_of_inputs_are_listed(fw, session, acquisition, upload, zipped):
    archive = upload(acquisition, "z.zip", zipped({"m.txt": "member"}))
    made = session.add_analysis(label="X", inputs=[archive.ref()])
    assert [one.path for one in fw.get_analysis_input_zip_info(made.id, "z.zip").members] == ["m.txt"]


def test_zip_members_are_listed_by_the_name_of_the_file(fw, acquisition, upload, zipped):
    upload(acquisition, "z.zip", zipped({"m.txt": "member"}))
    info = fw.get_acquisition_file_zip_info(acquisition.id, "z.zip")
    assert [(one.path, one.size) for one in info.members] == [("m.txt", 6)]
