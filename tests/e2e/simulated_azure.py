"""The simulated Azure with a scenario, and exporters that watch it."""

import json
from functools import cached_property
from pathlib import Path

from programs import Program, fetch


class SimulatedAzure:
    """`program` is for whoever starts this to stop. Configurations name $SIMULATED_AZURE and $SIMULATED_AZURE_CA_FILE."""

    def __init__(self, command: str, scenario: Path, folder: Path) -> None:
        self._folder = folder
        self._ca_file = folder / "ca.pem"
        self.program = Program("simulator", [
            command, "--listen-address=127.0.0.1:0", f"--scenario={scenario}", f"--ca-file={self._ca_file}"], folder)

    @cached_property
    def url(self) -> str:
        return self.program.logged(r"listening (https://\S+)")

    def start_exporter(self, command: str, config: Path, *flags: str, name: str = "exporter") -> Program:
        return Program(name, [command, f"--config.file={config}", "--web.listen-address=127.0.0.1:0", *flags], self._folder,
                       {"SIMULATED_AZURE": self.url, "SIMULATED_AZURE_CA_FILE": str(self._ca_file)})

    def submit_job(self, hub: str, outcome: str) -> None:
        """An export, through the control interface. It takes a second, so that its end has its own second."""
        job = {"hub": hub, "type": "export", "enqueued_for": "0s", "runs_for": "1s", "outcome": outcome}
        fetch(f"{self.url}/simulator/jobs", json.dumps(job).encode(), {"Content-Type": "application/json"}, self._ca_file)

    def end_faults(self) -> None:
        fetch(f"{self.url}/simulator/faults", ca_file=self._ca_file, method="DELETE")


def address_of(exporter: Program) -> str:
    """Where it listens, once it does."""
    return exporter.logged(r'msg="?listening"? .*?address="?(127\.0\.0\.1:\d+)')
