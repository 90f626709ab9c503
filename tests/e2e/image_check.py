"""Runs the built container image against the simulated Azure: image_check.py --image NAME --simulator PROGRAM.

As the image says it: its entry point, its command, its user. buildah's chroot isolation shares the network with us, so the
exporter of the container reaches the simulator on loopback, and we reach the exporter.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, ClassVar

import running
from programs import Program, fetch, until
from simulated_azure import SimulatedAzure, address_of

HERE = Path(__file__).resolve().parent
OPTIONS = argparse.Namespace()
USER = 10468
MOUNT = "/etc/iothub_job_exporter"


def buildah(*arguments: str) -> str:
    command = ["buildah", "--storage-driver", "vfs", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.strip()


def descendants(pid: int) -> list[int]:
    """Children of any of its threads, their children and so on, as /proc knows them."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for children in lists for child in children.read_text(encoding="ascii").split()]
    return [found for child in children for found in (child, *descendants(child))]


def process_named(name: str, ancestor: int) -> int | None:
    for pid in descendants(ancestor):
        if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == name[:15]:
            return pid
    return None


class ImageTest(unittest.TestCase):
    """One container, started as an engine would start it."""

    folder: ClassVar[Path]
    config: ClassVar[dict[str, Any]]
    container: ClassVar[str]
    exporter: ClassVar[Program]
    address: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="iothub-image-")))
        cls.folder.chmod(0o755)  # another user reads the configuration
        azure = SimulatedAzure(OPTIONS.simulator, HERE / "scenario.yaml", cls.folder)
        cls.addClassCleanup(azure.program.stop)
        origin = azure.url
        (cls.folder / "ca.pem").chmod(0o644)
        (cls.folder / "exporter.yaml").write_bytes((HERE / "exporter.yaml").read_bytes())
        cls.config = json.loads(buildah("inspect", "--type", "image", OPTIONS.image))["Docker"]["config"]
        cls.container = buildah("from", OPTIONS.image)
        cls.addClassCleanup(buildah, "rm", cls.container)
        # buildah run ignores the entry point, so it is spelled out; the port is one that is free here.
        command = [*cls.config["Entrypoint"], *cls.config["Cmd"], "--web.listen-address=127.0.0.1:0"]
        cls.exporter = Program("exporter", [
            "buildah", "--storage-driver", "vfs", "run", "--isolation", "chroot", "--volume", f"{cls.folder}:{MOUNT}:ro",
            "--env", f"SIMULATED_AZURE={origin}", "--env", f"SIMULATED_AZURE_CA_FILE={MOUNT}/ca.pem",
            cls.container, "--", *command], cls.folder)
        cls.addClassCleanup(cls.stop_exporter)
        cls.address = address_of(cls.exporter)

    @classmethod
    def process(cls) -> int | None:
        return process_named("iothub_job_exporter", cls.exporter.pid)

    @classmethod
    def stop_exporter(cls) -> None:
        """The program itself, not buildah: a killed buildah leaves its child behind."""
        pid = cls.process()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            until("the exporter ends", lambda: cls.process() is None, 10)
        cls.exporter.stop()
        print(cls.exporter.tail())

    def test_it_shows_the_hubs(self) -> None:
        until("a hub that is read", lambda: 'azure_iothub_up{hub="testHub"} 1\n' in fetch(f"http://{self.address}/metrics"))

    def test_it_runs_as_nobody_in_particular(self) -> None:
        status = Path(f"/proc/{self.process()}/status").read_text(encoding="ascii")
        for line in ("Uid", "Gid"):
            found = re.search(rf"^{line}:\s+(.*)$", status, re.MULTILINE)
            self.assertEqual([str(USER)] * 4, found.group(1).split() if found else None)
        self.assertEqual("10468:10468", self.config["User"])

    def test_it_says_what_an_engine_asks(self) -> None:
        self.assertEqual(["/usr/bin/iothub_job_exporter"], self.config["Entrypoint"])
        self.assertEqual({"10468/tcp": {}}, self.config["ExposedPorts"])
        self.assertEqual(["CMD", "/usr/bin/iothub_job_exporter", "healthcheck"], self.config["Healthcheck"]["Test"])
        self.assertEqual("Apache-2.0", self.config["Labels"]["org.opencontainers.image.licenses"])

    def test_the_health_check_works_inside(self) -> None:
        """With the address of this run; an engine would use the default."""
        buildah("run", "--isolation", "chroot", self.container, "--", *self.config["Healthcheck"]["Test"][1:],
                f"--web.listen-address={self.address}")


if __name__ == "__main__":
    running.main(OPTIONS, "image", "simulator")
