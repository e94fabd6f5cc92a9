"""Builds what is measured. Installs only when told to (`--install`), and says what is missing otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.places import BENCHMARKS, BUILD, REFERENCES, REPOSITORY, VENV_PYTHON

BUILD_SECONDS_MAX = 3600
"""A first build of grpc-swift takes over ten minutes on two cores."""


class Missing(Exception):
    """Something has to be installed or built first; the message says what and how."""


@dataclass(frozen=True)
class Reference:
    """A reference with a Makefile that builds `server` and `client` into OUT."""

    folder: str
    packages: tuple[str, ...]

    @property
    def out(self) -> Path:
        return BUILD / self.folder


C_REFERENCE = Reference(
    "rpc-c", ("gcc", "make", "libprotobuf-c-dev", "protobuf-c-compiler"))
SPLICE = Reference("rpc-splice", ("gcc", "make"))
GRPC_CPP = Reference(
    "rpc-grpc-cpp",
    ("g++", "gcc", "make", "pkg-config", "libgrpc++-dev", "libprotobuf-dev", "protobuf-compiler",
     "protobuf-compiler-grpc"))


def run(command: Sequence[str | Path], *, folder: Path | None = None) -> None:
    """Runs a build step; its output is shown only if it fails."""
    words = [str(word) for word in command]
    if shutil.which(words[0]) is None:
        raise Missing(f"`{words[0]}` is not installed")
    running = process.start(words, folder=folder, stderr=subprocess.STDOUT)
    try:
        said, _ = running.communicate(timeout=BUILD_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise Missing(f"`{' '.join(words)}` took over {BUILD_SECONDS_MAX} s") from None
    finally:
        process.stop(running)
    if running.returncode != 0:
        raise Missing(f"`{' '.join(words)}` failed:\n{said[-4000:]}")


def missing_packages(packages: Iterable[str]) -> list[str]:
    """Those Debian packages that are not installed; a virtual name counts if something provides it."""
    query = ("dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package} ${Provides}\n")
    listed = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    installed: set[str] = set()
    for line in listed.splitlines():
        status, *names = line.replace(",", " ").split()
        if status == "installed":
            installed.update(names)
    return sorted(set(packages) - installed)


def need_packages(packages: Iterable[str], *, install: bool) -> None:
    missing = missing_packages(packages)
    if not missing:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    command = [*as_root, "apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if not install:
        raise Missing(f"missing Debian packages: run with --install, or\n  {' '.join(command)}")
    say(f"installing {' '.join(missing)}")
    run([*as_root, "apt-get", "update"])
    run(command)


def build_reference(reference: Reference, *, install: bool) -> Path:
    """The folder with the built `server` and `client`."""
    need_packages(reference.packages, install=install)
    say(f"building {reference.folder}")
    run(["make", "-C", REFERENCES / reference.folder, f"OUT={reference.out}"])
    return reference.out


def swift_build(package: Path, scratch: Path | None, products: Sequence[str]) -> Path:
    """Builds products of a Swift package in release mode; the folder they are in. SWIFT names another
    `swift` to call."""
    swift = os.environ.get("SWIFT", "swift")
    command: list[str | Path] = [swift, "build", "--configuration", "release", "--package-path", package]
    if scratch is not None:
        command += ["--scratch-path", scratch]
    say(f"building {', '.join(products)} (a first release build takes minutes)")
    for product in products:
        run([*command, "--product", product])
    return (scratch or package / ".build") / "release"


GRPC_SWIFT = BUILD / "rpc-grpc-swift"


def has_grpc_swift() -> bool:
    """Whether it was built before, so that bringing it up to date is quick."""
    return os.access(GRPC_SWIFT / "release" / "rpc-grpc-swift", os.X_OK)


def build_grpc_swift() -> Path:
    return swift_build(REFERENCES / "rpc-grpc-swift", GRPC_SWIFT, ["rpc-grpc-swift"])


def build_ours(products: Sequence[str]) -> Path:
    """Our own servers and load clients, targets of the product's package, with the flags of a release."""
    return swift_build(REPOSITORY, None, products)


def build_suite(products: Sequence[str]) -> Path:
    """The product itself, with the same flags that a person's `swift build` uses."""
    return swift_build(REPOSITORY, None, products)


def built(folder: Path, name: str) -> Path:
    """An executable in a folder that was built here or given with --ours or --binaries."""
    path = folder / name
    if not os.access(path, os.X_OK):
        raise Missing(f"no executable `{path}`")
    return path


def need_venv(*, install: bool) -> Path:
    """A Python with the pinned packages of `requirements.txt`; the product never needs it."""
    requirements = BENCHMARKS / "requirements.txt"
    stamp = BUILD / "venv" / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return VENV_PYTHON
    if not install:
        raise Missing("missing Python packages: run with --install to make .build-bench/venv")
    need_packages(["python3-venv"], install=install)
    say("making .build-bench/venv")
    run([sys.executable, "-m", "venv", "--clear", BUILD / "venv"])
    run([VENV_PYTHON, "-m", "pip", "install", "--quiet", "--requirement", requirements])
    stamp.write_text(requirements.read_text())
    return VENV_PYTHON


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)
