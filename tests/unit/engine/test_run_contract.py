"""What a gear finds when it starts and what is made of what it leaves, in a real sandbox."""

import json

import pytest

MANIFEST = {
    "inputs": {"scan": {"base": "file", "optional": True}, "licence": {"base": "context"}},
    "config": {
        "speed": {"type": "integer", "default": 2},
        "Do it? (now)": {"type": "boolean", "default": True},
        "do-it_now": {"type": "string", "default": "second"},
        "(?)": {"type": "string", "default": "nameless"},
        "text": {"type": "string", "optional": True},
    },
    "environment": {"A": "$HOME", "PATH": "/opt/own:/usr/bin:/bin"},
}


def test_the_environment_is_exactly_the_contracts(run_script):
    result, _, printed = run_script("env", manifest=MANIFEST, options={"text": "a b"})
    assert result.failure is None
    found = dict(line.split("=", 1) for line in printed.splitlines())
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):  # bash's own
        found.pop(name, None)
    assert found == {
        "PATH": "/opt/own:/usr/bin:/bin",
        "A": "$HOME",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "FW_CONFIG_SPEED": "2",
        "FW_CONFIG_DO_IT_NOW": "true",
        "FW_CONFIG_DOIT_NOW": "second",
        "FW_CONFIG_TEXT": "a b",
    }


def test_the_first_of_two_options_with_one_variable_counts(run_script):
    options = {"a b": {"type": "string", "default": "first"}, "A_B": {"type": "string", "default": "second"}}
    _, _, printed = run_script("echo $FW_CONFIG_A_B", manifest={"config": options})
    assert printed == "first\n"


def test_the_base_folder(run_script, text_file):
    """Input read-only, everything else the gear's own; config.json for it alone; nothing on standard input."""
    result, folder, printed = run_script(
        """
        pwd; cat; cat "input/scan/with a blank.txt"; echo
        touch input/x 2>/dev/null || echo no input
        touch output/x work tmpfile script && echo writable
        stat -c %a config.json; echo $#
        """,
        manifest=MANIFEST,
        inputs={"scan": text_file},
    )
    assert printed.split("\n")[:-1] == ["/flywheel/v0", "voxels", "no input", "writable", "600", "0"]
    config = json.loads((folder.base / "config.json").read_text())
    assert config["config"] == {"speed": 2, "Do it? (now)": True, "do-it_now": "second", "(?)": "nameless"}
    assert config["inputs"]["scan"]["location"]["path"] == "/flywheel/v0/input/scan/with a blank.txt"
    assert config["inputs"]["licence"] == {"base": "context", "found": False, "value": None}
    assert [one.name for one in result.outputs.files] == ["x"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", None),
        ("exit 3", "exit 3: the gear ended with exit code 3"),
        ("kill -KILL $$", "signal SIGKILL: killed by SIGKILL"),
        ("kill -SEGV $$", "signal SIGSEGV: killed by SIGSEGV"),
        ("no-such-program", "exit 127: the gear ended with exit code 127"),
        ("rm -r output", "output_upload: the gear removed the folder output"),
        ("rm -r output; ln -s /etc output", "output_upload: the gear made the folder output a symbolic link"),
        ("echo '{' > output/.metadata.json", "metadata_invalid: invalid .metadata.json: /: not JSON"),
        ("touch $'output/a\\nb'", "output_upload: the name of the output"),
        ("touch $'output/\\xff'", "output_upload: the name of the output"),
    ],
)
def test_why_a_run_failed(run_script, script, reason):
    result, _, _ = run_script(script)
    assert str(result.failure or "").startswith(reason or "")
    assert (result.failure is None) == (reason is None)
    assert reason is None or not result.outputs.files


def test_outputs_are_the_regular_files_directly_in_output(run_script, text_file):
    """Links within input and output are followed; what leads elsewhere, folders, pipes and sockets are left out."""
    result, _, printed = run_script(
        """
        cd output
        echo 1 > "a b.txt"; : > empty; echo 2 > 'ä {}$.txt'
        ln -s "a b.txt" link; ln -s /flywheel/v0/output/empty absolute; ln -s link again
        ln -s "../input/scan/with a blank.txt" scan
        ln -s /etc/passwd out1; ln -s ../config.json out2; ln -s ../../../../../../etc/passwd out3
        ln -s /flywheel/v0/../../etc/passwd out4; ln -s loop loop; ln -s missing dangling
        mkdir -p folder/deep; touch folder/file; ln -s folder/file inner; ln -s /etc etc; ln -s etc/passwd out5
        mkfifo pipe; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"
        echo '{"acquisition": {"instrument": "x", "files": [{"name": "empty", "type": "text"}]}}' > .metadata.json
        """,
        manifest=MANIFEST,
        inputs={"scan": text_file},
    )
    assert result.failure is None
    assert {one.name: one.size for one in result.outputs.files} == {
        "a b.txt": 2, "empty": 0, "ä {}$.txt": 2, "link": 2, "absolute": 0, "again": 2, "scan": 6, "inner": 0
    }  # fmt: skip
    assert result.outputs.metadata == {"acquisition": {"files": [{"name": "empty", "type": "text"}]}}
    warned = {line.split(": ")[1] for line in printed.splitlines() if line.startswith("warning: output/")}
    left_out = ("out1", "out2", "out3", "out4", "out5", "etc", "loop", "dangling", "folder", "pipe", "socket")
    assert warned == {f"output/{name}" for name in left_out}
    assert "warning: .metadata.json/acquisition/instrument: no such field, ignored" in printed


def test_what_a_gear_left_running_ends_with_it(run_script):
    """And its open output does not keep the run from ending."""
    result, _, printed = run_script("(trap '' TERM; sleep 600) & echo done")
    assert result.failure is None
    assert result.ended.elapsed_s < 30
    assert printed == "done\n"


def test_the_key_is_starred_in_the_log_also_when_it_comes_in_pieces(run_script):
    secret = "s" * 20 + "abcdefghij" * 4
    _, folder, printed = run_script(
        f"printf {secret[:25]}; sleep 0.3; printf {secret[25:]}; echo; echo {secret} >&2; printf ss",
        key=f"localhost:1:{secret}",
    )
    assert secret not in folder.log.read_text()
    assert sorted(printed.replace("\n", " ").split()) == ["***", "***", "ss"]


def test_python_of_a_folder_is_ours_with_its_packages(run_script):
    _, _, printed = run_script("python3 -c 'import treadle, pydicom; print(1)'")
    assert printed == "1\n"


def test_placeholders_of_the_command_are_filled(run_script):
    _, _, printed = run_script("", manifest={**MANIFEST, "command": "echo {{ speed }} '{{do-it_now}}'"})
    assert printed == "2 second\n"
