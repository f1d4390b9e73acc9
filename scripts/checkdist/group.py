"""The example's group folder, filled in with the certificates of one core's devices."""

import json
import shutil
import subprocess

from .places import REPOSITORY, Failure

EXAMPLE = REPOSITORY / "examples" / "machine-monitor" / "group"
DEVICES = ("sensor", "display")
READINGS, SUMMARY = "machine/readings", "machine/summary"
# The function of the example answers with a summary after this many readings.
READINGS_PER_SUMMARY = 5
# Routing failures are told at DEBUG (row MSG-03).
LOGGER = {"Id": "system", "Component": "GreengrassSystem", "Level": "DEBUG", "Space": 4096, "Type": "FileSystem"}


def sdk_folder():
    """The public greengrasssdk package, unmodified, of the project's virtual environment."""
    setup = subprocess.run([REPOSITORY / "scripts" / "setup", "--python"], capture_output=True, text=True)
    if setup.returncode != 0:
        raise Failure(f"the Python packages of the example are missing: {setup.stderr}")
    program = "import os, greengrasssdk; print(os.path.dirname(greengrasssdk.__file__))"
    return subprocess.run(
        [setup.stdout.strip(), "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def read(certificates):
    text = (EXAMPLE / "group.json").read_text()
    for name, certificate in certificates.items():
        text = text.replace(f"{name.upper()}_CERTIFICATE_ID", certificate)
    group = json.loads(text)
    group["Loggers"] = [LOGGER]
    return group


def with_function(folder, certificates):
    """The example as it is."""
    shutil.copytree(EXAMPLE, folder)
    group = read(certificates)
    for function in group["Functions"]:
        shutil.copytree(
            sdk_folder(), folder / function["Package"] / "greengrasssdk", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "group.json").write_text(json.dumps(group, indent=4))


def without_function(folder, certificates):
    """The example for an image without an interpreter: readings go to the display itself."""
    folder.mkdir()
    group = read(certificates)
    readings = next(row for row in group["Subscriptions"] if row["Subject"] == READINGS)
    display = next(device["ThingArn"] for device in group["Devices"] if device["Id"] == "display")
    group["Functions"] = []
    group["Subscriptions"] = [dict(readings, Target=display)]
    (folder / "group.json").write_text(json.dumps(group, indent=4))
