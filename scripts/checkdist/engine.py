"""A container engine: the one that runs, or Debian's, started for the check and stopped after it."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from .places import Failure

EMULATION = pathlib.Path("/proc/sys/fs/binfmt_misc")
REGISTRATION = "perennial-arm"


class Engine:
    def __init__(self, work, options=(), is_own=False):
        """With `is_own` it is started for the check even where one runs, in a network of its own: two in one network would
        have the same addresses on one bridge."""
        self.is_own = is_own
        self.work = pathlib.Path(work)
        self.options = options
        self.arguments = []
        self.daemon = None
        self.registered = False

    def __enter__(self):
        if self.is_own or subprocess.run(["docker", "version"], capture_output=True).returncode != 0:
            self.start()
        return self

    def __exit__(self, *_):
        if self.registered:
            (EMULATION / REGISTRATION).write_text("-1")
        if self.daemon:
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(30)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()

    def start(self):
        program = shutil.which("dockerd") or "/usr/sbin/dockerd"
        if not os.access(program, os.X_OK):
            raise Failure("no container engine runs and there is no dockerd: apt-get install docker.io")
        address = f"unix://{self.work}/docker.sock"
        log = open(self.work / "dockerd.log", "wb")
        # A session of its own, so that Ctrl-C is for the check, which then stops it in order.
        alone = ["unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "-"] if self.is_own else []
        self.daemon = subprocess.Popen(
            [*alone, program, "--host", address, "--data-root", self.work / "data", "--exec-root", self.work / "exec",
             "--pidfile", self.work / "docker.pid", *self.options], stdout=log, stderr=log, start_new_session=True)
        self.arguments = ["--host", address]
        until = time.monotonic() + 60
        while subprocess.run(["docker", *self.arguments, "version"], capture_output=True).returncode != 0:
            if self.daemon.poll() is not None or time.monotonic() > until:
                tail = (self.work / "dockerd.log").read_text(errors="replace").splitlines()[-10:]
                raise Failure("dockerd did not start:\n" + "\n".join(tail))
            time.sleep(0.2)

    def run(self, *words, check=True):
        result = subprocess.run(["docker", *self.arguments, *map(str, words)], capture_output=True, text=True)
        if check and result.returncode != 0:
            raise Failure(f"docker {' '.join(map(str, words))} failed:\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def emulate_arm(self):
        """Lets the kernel start ARM programs, in containers too (Documentation/admin-guide/binfmt-misc.rst)."""
        if not (EMULATION / "register").exists():
            subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", EMULATION], check=True)
        known = [path for path in EMULATION.iterdir() if path.name not in ("register", "status")]
        if any("qemu-arm" in path.read_text() or "/arm-" in path.read_text() for path in known):
            return
        line = pathlib.Path("/usr/lib/binfmt.d/qemu-arm.conf").read_text().strip()
        _, _, rest = line.split(":", 2)
        (EMULATION / "register").write_text(f":{REGISTRATION}:{rest}")
        self.registered = True
