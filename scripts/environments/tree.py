#!/usr/bin/env python3
"""What the functions' tests need of the tree and of this machine, laid out for another environment. As a program it
prints which tests those are."""

import os
import pathlib
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TESTS = ("IntegrationTests.(EnvironmentTests|FunctionsTests|ContainerResourcesTests|LocalResourcesTests|NativeFunctionsTests"
         "|NodeFunctionsTests|JavaFunctionsTests|RunFunctionTests|MachineCheckTests|CrashTests|FunctionSoakTests)")
# Of the tree, what the tests need: a folder or a file each.
PARTS = ["Sources/Runtimes", "Sources/CGreengrassSDK", "Tests/IntegrationTests", "Tests/RuntimeTests", ".build/native/host",
         ".build/debug/greengrassd", ".build/debug/thermostat"]


class Missing(Exception):
    """What has to be built or installed first."""


def swift_libraries():
    """Of the compiler's standard library, to which the built programs' run paths lead."""
    program = shutil.which("swift")
    if program is None:
        raise Missing("there is no swift on the PATH")
    return pathlib.Path(program).resolve().parent.parent / "lib/swift/linux"


def lay_out(work):
    """What the tests need, where every user can read it, at one path in all environments."""
    tree = work / "tree"
    for part in PARTS:
        source, target = TOP / part, tree / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if not source.exists():
            raise Missing(f"{source} is missing: swift build --build-tests, scripts/native/library host .build/native/host, "
                          "scripts/java-runtime")
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy(source, target)
    compile_java(tree / ".build/java-functions")
    shutil.copy(TOP / ".build/debug/perennialPackageTests.xctest", work / "tests")
    interpreter = subprocess.run([TOP / "scripts/setup", "--python"], stdout=subprocess.PIPE, text=True, check=True).stdout
    shutil.copytree(pathlib.Path(interpreter.strip()).parent.parent, work / "python", symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", work], check=True)


def compile_java(folder):
    """The Java functions of the tests: an emulated machine would need minutes for it."""
    jars = TOP / "Sources/Runtimes/java8"
    path = f"{jars}/greengrass-java-runtime.jar:{jars}/interfaces/aws-lambda-interfaces.jar"
    sources = sorted((TOP / "Tests/RuntimeTests/java/functions").iterdir())
    subprocess.run(["javac", "--release", "8", "-Xlint:-options", "-d", folder, "-cp", path, *sources], check=True)


def variables(work, expected):
    return {"PERENNIAL_EXPECT": expected or "nothing", "PERENNIAL_TREE": str(work / "tree"), "LANG": "C.UTF-8",
            "PERENNIAL_PYTHON": str(work / "python/bin/python3"), "HOME": "/tmp",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def words(work, only):
    return [str(work / "tests"), "--testing-library", "swift-testing", "--filter", only]


if __name__ == "__main__":
    print(TESTS)
