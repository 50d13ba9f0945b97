"""Processes that outlive the script which starts them, and are known again by a later one."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

# What ends a process of each kind: signals, and the seconds that it has after each. Runners take no
# more jobs and finish theirs; a smart shutdown of PostgreSQL (SIGTERM) would wait for its clients.
# The order is that of stopping: who needs others goes first.
ENDINGS = {
    "runner": [(signal.SIGTERM, 60), (signal.SIGKILL, 10)],
    "orchestrator": [(signal.SIGTERM, 40), (signal.SIGKILL, 10)],
    "redis": [(signal.SIGTERM, 30), (signal.SIGKILL, 10)],
    "postgres": [(signal.SIGINT, 30), (signal.SIGQUIT, 20), (signal.SIGKILL, 10)],
}


def start_time(pid):
    """In ticks since the machine started; with the pid it names one process. None: it has ended."""
    try:
        # The name of the program, in brackets, may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def boot():
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


class Processes:
    """What was started, on record in a file. One script at a time."""

    def __init__(self, file):
        self.file = file
        self.children = {}  # name -> Popen, of those that this script started
        self.records = json.loads(file.read_text()) if file.exists() else []

    def save(self):
        if not self.records:
            self.file.unlink(missing_ok=True)
            return
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.records, indent=1) + "\n")
        new.replace(self.file)

    def start(self, name, words, log, environment, account=None, text=None):
        """`account`: (uid, gid). `text` is given as input. `name` is KIND or KIND-NUMBER."""
        identity = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
        with open(log, "ab") as output:
            child = subprocess.Popen(
                [str(word) for word in words], stdout=output, stderr=output, env=environment,
                stdin=subprocess.PIPE if text else subprocess.DEVNULL, start_new_session=True,
                cwd="/", **identity)
        self.children[name] = child
        # Before anything else may fail: what is not on record is never ended.
        self.records.append({"name": name, "pid": child.pid, "start": start_time(child.pid),
                             "boot": boot(), "log": str(log)})
        self.save()
        if text:
            child.stdin.write(text.encode())
            child.stdin.close()

    def runs(self, record):
        child = self.children.get(record["name"])
        if child is not None and child.poll() is not None:
            return False
        now = start_time(record["pid"])
        return now is not None and now == record["start"] and record["boot"] == boot()

    def running(self):
        return [record for record in self.records if self.runs(record)]

    def send(self, record, number):
        try:
            # A pidfd, so that the process which was looked at is the one that gets the signal.
            process = os.pidfd_open(record["pid"])
        except ProcessLookupError:
            return
        try:
            if self.runs(record):
                signal.pidfd_send_signal(process, number)
        except ProcessLookupError:
            pass
        finally:
            os.close(process)

    def stop(self, say):
        """True when nothing is left; what is left stays on record."""
        for kind, steps in ENDINGS.items():
            mine = [r for r in self.running() if r["name"].split("-")[0] == kind]
            for number, seconds in steps:
                mine = [record for record in mine if self.runs(record)]
                if mine:
                    names = ", ".join(record["name"] for record in mine)
                    say(f"{signal.Signals(number).name} to {names}")
                for record in mine:
                    self.send(record, number)
                deadline = time.monotonic() + seconds
                while any(map(self.runs, mine)) and time.monotonic() < deadline:
                    time.sleep(0.05)
        self.records = self.running()
        self.save()
        return not self.records
