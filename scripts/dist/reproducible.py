"""Archives that come out the same from the same tree: sorted, numeric owners, one time, nothing of this machine."""
import gzip
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import tarfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def epoch():
    """SOURCE_DATE_EPOCH, or the time of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    result = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=REPOSITORY, capture_output=True, text=True)
    return int(result.stdout.strip() or 0) if result.returncode == 0 else 0


def version():
    """Our own version, from the one place that states it."""
    for line in (REPOSITORY / "Sources/Core/Version.swift").read_text().splitlines():
        if "static let product" in line:
            return line.split('"')[1]
    raise SystemExit("error: Sources/Core/Version.swift states no product version")


def tree_entries(folder, prefix):
    """Every path below a folder with its name in the archive, parents first."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        yield path, f"{prefix}{path.relative_to(folder)}"


def write_tar(file, folder, prefix=""):
    """Writes a folder's tree as a tar; modes are the tree's, owners root."""
    time = epoch()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, name in tree_entries(folder, prefix):
            entry = archive.gettarinfo(path, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = time
            # A hard link would depend on which of its names comes first: each is a file of its own.
            if entry.islnk():
                entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
            if entry.isreg():
                with open(path, "rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)


def write_tar_gz(path, folder, prefix=""):
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0, compresslevel=9) as file:
        write_tar(file, folder, prefix)


def tar_bytes(folder):
    buffer = io.BytesIO()
    write_tar(buffer, folder)
    return buffer.getvalue()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def install(source, target, mode):
    """Copies one file to a path whose folders are made, with exactly this mode."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
