"""Where a gear runs: folder, environment, user, processes, network (gears.md 5.1, 5.2, 12.5)."""

import grp
import multiprocessing
import os
import pwd
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

from checking import BASE, CONFIG, SCAN, equal, refused

# What bash and Python set by themselves.
THEIRS = {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}


def test_started_in_the_base_folder_without_words_and_input():
    equal(str(Path.cwd()), "/flywheel/v0")
    equal(sys.argv[1:], [])
    equal(sys.stdin.read(), "")


def test_the_environment_is_the_contracts():
    wanted = {
        "PATH": "/flywheel/v0/own:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "OWN": "$HOME and `id`",
        "PYTHONPATH": "/flywheel/v0/vendor/geartoolkit",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "FW_CONFIG_EXPECTED": CONFIG["config"]["expected"],
        "FW_CONFIG_SPEED": "3",
        "FW_CONFIG_RATIO": "0.5",
        "FW_CONFIG_DEBUG": "false",
        "FW_CONFIG_DO_IT_NOW": "true",
        "FW_CONFIG_DOIT_NOW": "a minus is left out",
        "FW_CONFIG_NAMES": '["a", "b c"]',
        "FW_CONFIG_PICK": "y",
        "FW_CONFIG_OF_ONE_NAME": "the first in the manifest",
    }
    equal({name: value for name, value in os.environ.items() if name not in THEIRS}, wanted)


def test_inputs_can_be_read_and_not_changed():
    scan = BASE / "input" / "scan" / SCAN
    equal(scan.read_bytes(), b"voxels\n")
    for change in (
        lambda: scan.write_text("x"),
        scan.unlink,
        lambda: scan.chmod(0o777),
        (BASE / "input" / "new").touch,
        (BASE / "input" / "scan" / "new").touch,
    ):
        refused(change)
    equal(sorted(path.name for path in (BASE / "input").iterdir()), ["scan"])


def test_all_else_in_the_folder_is_the_gears_own():
    (BASE / "work").mkdir()
    program = BASE / "work" / "program"
    program.write_text("#!/bin/sh\necho from $0\n")
    program.chmod(0o755)
    equal(_said(program), f"from {program}")
    with (BASE / "run").open("a") as own:
        own.write("# changed\n")
    (BASE / "manifest.json").rename(BASE / "manifest.old")
    shutil.copy(BASE / "manifest.old", BASE / "manifest.json")
    (BASE / "own" / "link").unlink()
    for folder in ("/tmp", os.environ["HOME"], os.environ["TMPDIR"], "/var/tmp", "/dev/shm", BASE / "output"):
        Path(folder, "own.tmp").write_text("x")
        Path(folder, "own.tmp").unlink()


def test_what_came_with_the_folder_is_as_it_was():
    tool = BASE / "own" / "tool"
    assert os.access(tool, os.X_OK)
    equal(_said("tool", "a b"), "tool: a b")
    assert (BASE / "own" / "empty").is_dir()
    assert not (BASE / "own" / "__pycache__").exists()


def test_a_virtual_environment_in_the_folder_works():
    words = ("-E", "-c", "import sys, flywheel; print(sys.prefix, flywheel.__file__.startswith(sys.prefix))")
    equal(_said(BASE / "venv" / "bin" / "python", *words), "/flywheel/v0/venv True")


def test_the_rest_of_the_machine_cannot_be_changed():
    for folder in ("/usr", "/usr/bin", "/etc", "/proc/sys/kernel"):
        refused(lambda folder=folder: Path(folder, "own").write_text("x"))
    refused(lambda: Path("/etc/passwd").write_text("x"))
    refused(Path("/etc/shadow").read_text)


def test_config_json_is_for_the_gear_alone():
    equal(stat.S_IMODE((BASE / "config.json").stat().st_mode), 0o600)


def test_the_user_is_the_manifests_without_privileges():
    equal((os.getuid(), os.getgid()), (1234, 2345))
    equal(pwd.getpwuid(os.getuid()).pw_dir, "/tmp")
    grp.getgrgid(os.getgid())
    status = dict(
        line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
    )
    equal(int(status["CapEff"], 16) | int(status["CapBnd"], 16), 0)
    equal(status["NoNewPrivs"].strip(), "1")
    refused(lambda: os.setuid(0))


def test_other_processes_are_not_seen():
    names = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    assert len(names) < 12, names


def test_usual_programs_and_devices_are_there():
    for name in (
        "bash",
        "sh",
        "python",
        "python3",
        "env",
        "cat",
        "sed",
        "awk",
        "grep",
        "tar",
        "gzip",
        "mktemp",
        "date",
    ):
        assert shutil.which(name), name
    for name in ("null", "zero", "urandom", "random", "tty", "stdin", "stdout", "stderr", "fd"):
        assert Path("/dev", name).exists() or Path("/dev", name).is_symlink(), name
    Path("/dev/null").write_text("x")
    ssl.create_default_context()
    equal(socket.gethostbyname("localhost"), "127.0.0.1")


def test_processes_may_be_many():
    with multiprocessing.Pool(3) as pool:
        equal(pool.map(abs, range(-20, 0)), list(range(20, 0, -1)))


def test_text_may_be_of_any_script():
    equal(sys.getfilesystemencoding(), "utf-8")
    path = BASE / "work" / "日本"
    path.write_text("ö", "utf-8")
    assert path in list(path.parent.iterdir())
    equal(_said("cat", path), "ö")


def test_the_api_is_reached_and_nothing_else():
    host, port = CONFIG["inputs"]["api-key"]["key"].split(":")[:2]
    socket.create_connection((host, int(port)), timeout=5).close()
    for address in (("169.254.169.254", 80), ("192.0.2.1", 443), (host, EXPECTED_CLOSED)):
        refused(lambda address=address: socket.create_connection(address, timeout=2))


EXPECTED_CLOSED = 1


def _said(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, check=True)
    return done.stdout.decode().strip()
