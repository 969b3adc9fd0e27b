"""What a gear cannot reach from its sandbox: the host's files, processes, networks and privileges; and what it can."""

import os
import socket
import threading
from pathlib import Path

import pytest


def with_key(**more):
    return {"inputs": {"api-key": {"base": "api-key"}}, **more}


def fetch(address: str) -> str:
    return f'curl -sS --max-time 3 http://{address}/ 2>&1 || echo " refused $?"'


def test_files_of_the_host_are_not_there(run_script, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    paths = (
        "/etc/shadow",
        "/etc/treadle",
        "/root/.ssh",
        "/home",
        "/var/lib",
        "/sys",
        "/boot",
        "/run/docker.sock",
        secret,
    )
    _, _, printed = run_script("\n".join(f"[ -e {path} ] && echo {path}" for path in paths))
    assert printed == ""
    _, _, printed = run_script("cat /etc/passwd")
    assert [line.split(":")[0] for line in printed.splitlines()] == ["root", "gear"]


def test_nothing_but_its_own_folders_can_be_written(run_script):
    places = (
        "/",
        "/usr",
        "/usr/local/sbin",
        "/etc",
        "/dev",
        "/proc/sys/kernel/core_pattern",
        "/flywheel",
        "/run",
        "/var",
    )
    script = "\n".join(f"(: > {place}/x || : > {place}) 2>/dev/null && echo {place}" for place in places)
    _, _, printed = run_script(script + "\ntouch /tmp/x /dev/shm/x /var/tmp/y output/x && echo own")
    assert printed == "own\n"


def test_no_privileges_and_none_to_be_had(run_script):
    script = """
    grep -E '^(CapPrm|CapEff|CapBnd|CapInh|CapAmb):' /proc/self/status | awk '{print $2}' | sort -u
    awk '/NoNewPrivs/ {print $2}' /proc/self/status
    id -u
    mount -t tmpfs none /tmp 2>/dev/null && echo mounted
    python3 -c "import ctypes; print(ctypes.CDLL(None).setuid(0))"
    """
    _, _, printed = run_script(script)
    assert printed.split() == ["0000000000000000", "1", "1000", "-1"]


def test_processes_of_the_host_are_not_there(run_script):
    _, _, printed = run_script(
        f"ls /proc | grep -cE '^[0-9]+$'; kill -0 {os.getpid()} 2>/dev/null && echo seen"
    )
    assert int(printed) < 10


def test_without_a_key_there_is_no_network_at_all(run_script, web):
    own = socket.gethostbyname(socket.gethostname())
    _, _, printed = run_script("\n".join(fetch(f"{host}:{web}") for host in ("127.0.0.1", own)))
    assert "hello" not in printed
    assert printed.count("refused") == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "treadle.test", "192.0.2.7"])
def test_with_a_key_the_api_is_reached_and_nothing_else(run_script, web, host, monkeypatch):
    """Under the very address that the key names, whatever that is: a name, the loopback, another machine."""
    real = socket.create_connection
    asked = []

    def connect(address, *args, **kwargs):
        asked.append(address)
        return real(("127.0.0.1", web), *args, **kwargs)

    monkeypatch.setattr("treadle.engine.runtimes.doorway.socket.create_connection", connect)
    port = 80
    own = socket.gethostbyname(socket.gethostname())
    others = [f"{host}:{port + 1}", f"127.0.0.1:{web}", f"{own}:{web}", "169.254.169.254", "192.0.2.8:80"]
    script = "\n".join(fetch(one) for one in (f"{host}:{port}", *others))
    result, _, printed = run_script(
        script, manifest=with_key(), key=f"{host}:{port}:__force_insecure:{'k' * 57}"
    )
    assert result.failure is None
    assert printed.startswith("hello")
    assert printed.count("hello") == 1
    assert printed.count("refused") == len(others)
    assert asked == [(host, port)]


def test_many_connections_at_once_through_the_one_way(run_script, web):
    script = f"for i in $(seq 100); do curl -sS http://127.0.0.1:{web}/ & done; wait"
    _, _, printed = run_script(
        script, manifest=with_key(), key=f"127.0.0.1:{web}:__force_insecure:{'k' * 57}"
    )
    assert printed == "hello" * 100


def test_the_key_and_values_of_options_are_not_on_the_command_line(run_script):
    """Everybody on a host may read it."""
    seen = []
    script = "sleep 1"

    def look():
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes())
            except OSError:
                continue

    threading.Timer(0.6, look).start()
    option = {"password": {"type": "string"}}
    run_script(
        script,
        manifest=with_key(config=option),
        options={"password": "hush-hush"},
        key="localhost:1:ssssecret",
    )
    assert any(b"bwrap" in one for one in seen)
    assert not [one for one in seen if b"hush-hush" in one or b"ssssecret" in one]


def test_what_a_gear_locks_up_is_removed_all_the_same(run_script, gear_content):
    """The next run in the same folder starts clean."""
    run_script("mkdir -p work/a output/b; chmod 0 work/a work output/b; chmod 0 output")
    _, _, printed = run_script("ls")
    assert printed.split() == ["config.json", "input", "manifest.json", "output", "script"]
