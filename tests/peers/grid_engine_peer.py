"""A real Grid Engine of one node, on this machine, for tests: own cell beside the system's, own ports."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from peer_daemons import Daemons, free_ports

from treadle.testing.waiting import wait_until

SYSTEM = Path("/var/lib/gridengine")
DEFAULTS = Path("/usr/share/gridengine")
BOOTSTRAP = """\
admin_user none
default_domain none
ignore_fqdn true
spooling_method classic
spooling_lib libspoolc
spooling_params {cell}/common;{folder}/spool
binary_path /usr/sbin
qmaster_spool_dir {folder}/spool
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
"""
CHANGED = {
    "execd_spool_dir": "{folder}/execd",
    "min_uid": "0",
    "min_gid": "0",
    "mailer": "/bin/true",
    "execd_params": "none",
    "reporting_params": "accounting=true reporting=false flush_time=00:00:01 joblog=false sharelog=00:00:00",
    "gid_range": "20000-20100",
}
SCHEDULER = "schedule_interval 0:0:1\nflush_submit_sec 1\nflush_finish_sec 1\n"
PARALLEL = {
    "pe_name": "smp", "slots": "64", "user_lists": "NONE", "xuser_lists": "NONE", "start_proc_args": "NONE",
    "stop_proc_args": "NONE", "allocation_rule": "$pe_slots", "control_slaves": "FALSE",
    "job_is_first_task": "TRUE", "urgency_slots": "min", "accounting_summary": "FALSE", "qsort_args": "NONE",
}  # fmt: skip
NAMES = "ckpt_list prolog epilog starter_method suspend_method resume_method terminate_method owner_list user_lists"
NAMES += " xuser_lists subordinate_list complex_values projects xprojects calendar load_thresholds suspend_thresholds"
QUEUE = {
    "qname": "main.q", "hostlist": "localhost", "slots": "8", "pe_list": "smp", "shell_start_mode": "unix_behavior",
    "shell": "/bin/sh", "tmpdir": "/tmp", "seq_no": "0", "nsuspend": "1", "suspend_interval": "0:5:0",
    "priority": "0", "min_cpu_interval": "0:5:0", "processors": "UNDEFINED", "qtype": "BATCH", "rerun": "FALSE",
    "notify": "0:0:5", "initial_state": "default", **dict.fromkeys(NAMES.split(), "NONE"),
    **{f"{hard}_{what}": "INFINITY" for hard in "sh"
       for what in ("rt", "cpu", "fsize", "data", "stack", "core", "rss", "vmem")},
}  # fmt: skip


class GridEngine:
    """Master and node daemon, in the foreground."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cell = folder / "default"
        master, node = free_ports(2)
        self.environment = {
            "SGE_ROOT": str(folder), "SGE_CELL": "default", "SGE_ND": "true",
            "SGE_QMASTER_PORT": str(master), "SGE_EXECD_PORT": str(node),
        }  # fmt: skip
        self._daemons = Daemons(folder, self.environment)

    def start(self) -> None:
        """Returns when the node takes jobs."""
        self._make_cell()
        self.start_controller()
        self._configure()
        self._daemons.start("sge_execd")
        wait_until(lambda: "lx-" in self.ask("qhost", "-h", "localhost"), "the node reports")

    def start_controller(self) -> None:
        self._daemons.start("sge_qmaster")
        wait_until(lambda: self.ask("qconf", "-sconf"), "the master answers")

    def stop_controller(self) -> None:
        self._daemons.stop("sge_qmaster")

    def ask(self, *command: str) -> str:
        """What one of its commands prints."""
        return self._daemons.ask(*command)

    def stop(self) -> None:
        try:
            self.ask("qdel", "-u", "*")
            wait_until(lambda: not self.ask("qstat", "-u", "*").strip(), "no job is left")
        finally:
            self._daemons.stop_all()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_cell(self) -> None:
        self._folder.mkdir(parents=True)
        for name in ("bin", "lib", "util", "utilbin"):
            (self._folder / name).symlink_to(SYSTEM / name)
        common = self._cell / "common"
        for folder in (common, self._folder / "spool", self._folder / "execd"):
            folder.mkdir(parents=True)
        (common / "bootstrap").write_text(BOOTSTRAP.format(cell=self._cell, folder=self._folder))
        (common / "act_qmaster").write_text("localhost\n")
        (common / "host_aliases").write_text(f"localhost {socket.gethostname()}\n")
        programs = "/usr/lib/gridengine"
        self._daemons.set_up(
            f"{programs}/spoolinit", "classic", "libspoolc", f"{common};{self._folder}/spool", "init"
        )
        defaults = self._configuration((DEFAULTS / "default-configuration").read_text())
        self._daemons.set_up(f"{programs}/spooldefaults", "configuration", str(defaults))
        for kind, source in (("complexes", "centry"), ("usersets", "usersets")):
            self._daemons.set_up(f"{programs}/spooldefaults", kind, str(DEFAULTS / "util/resources" / source))
        self._daemons.set_up(f"{programs}/spooldefaults", "managers", os.environ.get("USER", "root"))

    def _configuration(self, text: str) -> Path:
        """The package's defaults with what a test machine needs; the file's name says it is for all hosts."""
        lines = {line.split(maxsplit=1)[0]: line for line in text.splitlines() if line and line[0] != "#"}
        lines |= {name: f"{name} {value.format(folder=self._folder)}" for name, value in CHANGED.items()}
        return self._write("global", "\n".join(lines.values()) + "\n")

    def _configure(self) -> None:
        self._daemons.set_up("qconf", "-as", "localhost")
        changed = {line.split()[0] for line in SCHEDULER.splitlines()}
        kept = [line for line in self.ask("qconf", "-ssconf").splitlines() if line.split()[0] not in changed]
        self._daemons.set_up(
            "qconf", "-Msconf", str(self._write("sched", "\n".join(kept) + "\n" + SCHEDULER))
        )
        self._daemons.set_up("qconf", "-Ap", str(self._write("pe", _table(PARALLEL))))
        self._daemons.set_up("qconf", "-Aq", str(self._write("queue", _table(QUEUE))))

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        return path


def _table(values: dict[str, str]) -> str:
    return "".join(f"{name} {value}\n" for name, value in values.items())
