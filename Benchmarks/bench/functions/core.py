"""A core, unpacked from the distribution's archive, with a group of functions."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from ..group import Root
from ..places import BENCHMARKS, REPOSITORY, Failure
from ..process import children, free_port, kilobytes

PATIENCE = 30  # seconds
REGION, ACCOUNT = "us-west-2", "123456789012"
MEMORY_KB = {"python3.7": 65536, "nodejs8.10": 131072, "executable": 16384}


def arn(name):
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:1"


def sdk_folder(name):
    """Of the Python packages that the tests use."""
    python = subprocess.run([REPOSITORY / "scripts/setup", "--python"], check=True, capture_output=True, text=True)
    found = list(pathlib.Path(python.stdout.strip()).parents[1].glob(f"lib/python3*/site-packages/{name}"))
    if not found:
        raise Failure(f"there is no {name} beside {python.stdout.strip()}: scripts/setup test installs it")
    return found[0]


class Function:
    def __init__(self, name, runtime, handler, package, pinned=True, arguments=None):
        self.name = name
        self.is_pinned = pinned
        configuration = {"Pinned": pinned, "Timeout": 60, "MemorySize": MEMORY_KB[runtime],
                         "EncodingType": "binary" if runtime == "executable" else "json"}
        if arguments:
            configuration["ExecArgs"] = arguments
        self.element = {"Id": name, "FunctionArn": arn(name), "Runtime": runtime, "Handler": handler,
                        "Package": package, "FunctionConfiguration": configuration}


class FunctionCore(Root):
    """One device, d0000, and functions in containers, which get `bench/<name>/in` and answer on `bench/<name>/out`."""

    def __init__(self, work):
        self.process = None
        archive = next((REPOSITORY / "dist").glob("greengrass-linux-x86-64-*.tar.gz"), None)
        if archive is None:
            raise Failure("there is no dist/greengrass-linux-x86-64-*.tar.gz: make dist ARCH=x86_64")
        subprocess.run(["tar", "-xzf", archive, "-C", work], check=True)
        self.program = work / "greengrass/ggc/core/greengrassd"
        super().__init__(work, free_port(), free_port())
        self.make_packages()

    def make_packages(self):
        self.folder.mkdir()
        sources = BENCHMARKS / "functions"
        shutil.copytree(sources / "python", self.folder / "python")
        shutil.copytree(sdk_folder("greengrasssdk"), self.folder / "python" / "greengrasssdk")
        shutil.copytree(sources / "node", self.folder / "node")
        stand_in = REPOSITORY / "Tests/RuntimeTests/nodejs/sdk/aws-greengrass-core-sdk"
        shutil.copytree(stand_in, self.folder / "node" / "node_modules" / stand_in.name)
        (self.folder / "native").mkdir()
        library = self.path / "ggc/core/runtime/executable"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{library}", sources / "native/echo.c", "-o",
                        self.folder / "native/echo", f"-L{library}", "-laws-greengrass-core-sdk-c"], check=True)

    def set_spare_workers(self, count):
        path = self.path / "config/config.json"
        config = json.loads(path.read_text())
        config.setdefault("runtime", {})["spareWorkers"] = count
        path.write_text(json.dumps(config))

    def deploy_functions(self, functions, talking):
        """`talking` are the names of those that the device can reach."""
        device = self.thing(0)
        rows = []
        for name in talking:
            rows += [(device, f"bench/{name}/in", arn(name)), (arn(name), f"bench/{name}/out", device)]
        group = {
            "Name": "bench",
            "Devices": self.elements[:1],
            "DefaultConfig": {"Execution": {"IsolationMode": "GreengrassContainer"}},
            "Functions": [function.element for function in functions],
            "Subscriptions": [{"Id": f"row{index}", "Source": source, "Subject": subject, "Target": target}
                              for index, (source, subject, target) in enumerate(rows)],
        }
        (self.folder / "group.json").write_text(json.dumps(group))
        self.run("deploy", str(self.folder))

    def start(self):
        said = self.run("start", "-i")
        self.process = int(re.search(r"PID: (\d+)", said)[1])

    def stop(self):
        if self.process:
            self.run("stop")
        self.process = None

    def status(self):
        return json.loads(self.run("status", "--json"))

    def function(self, name):
        return next(entry for entry in self.status()["functions"] if entry["arn"] == arn(name))

    def log(self):
        return (self.path / "ggc/var/log/system/runtime.log").read_text(errors="replace")[-3000:]

    def wait_for(self, name, holds, what):
        """Until a function's entry in the status is as it should be."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            entry = self.function(name)
            if holds(entry):
                return entry
            time.sleep(0.02)
        raise Failure(f"function {name} is not {what}: {entry}\n{self.log()}")

    def wait_until_ready(self, name):
        return self.wait_for(name, lambda entry: any(worker["state"] == "Waiting" for worker in entry["workers"]), "waiting for work")

    def memory(self):
        """PSS in kilobytes of the core, of the supervisor, and of the processes that only keep a container."""
        kept = children(self.process)
        core = next(pid for pid in kept if name_space(pid) == name_space("self"))
        return {"core": kilobytes(core), "supervisor": kilobytes(self.process),
                "inits": sum(kilobytes(pid) for pid in kept if pid != core)}


def name_space(pid):
    """The core has the supervisor's name spaces; the process 1 of a container has its own."""
    return os.readlink(f"/proc/{pid}/ns/pid")


def tree_kilobytes(pid):
    return kilobytes(pid) + sum(tree_kilobytes(child) for child in children(pid))
