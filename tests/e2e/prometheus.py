"""A real Prometheus on our own configuration, with nothing changed but the times and the address of the exporter."""

import json
import re
import time
import urllib.parse
from pathlib import Path
from typing import Any

from programs import Program, fetch, free_port, until

Json = dict[str, Any]


def hurried(text: str) -> str:
    """Seconds where the shipped files say minutes, as a test cannot wait. Expressions stay as they are."""
    text = re.sub(r"\b(scrape_interval|evaluation_interval|interval): \w+", r"\1: 1s", text)
    return re.sub(r"\bfor: \d+m\b", "for: 2s", text)


class Prometheus:
    """The server and its HTTP API."""

    def __init__(self, command: str, shipped: Path, target: str, folder: Path, alertmanager: str = "",
                 rules: dict[str, str] | None = None) -> None:
        """Without an Alertmanager nobody is told. `rules` are files that take the place of the shipped ones, by name."""
        configuration = (shipped / "prometheus.yml").read_text(encoding="utf-8")
        for shipped_address, address in (('"localhost:10468"', target), ('"localhost:9093"', alertmanager)):
            assert shipped_address in configuration, f"the shipped configuration no longer names {shipped_address}"
            configuration = configuration.replace(shipped_address, f'"{address}"' if address else "")
        (folder / "prometheus.yml").write_text(hurried(configuration), encoding="utf-8")
        for name in ("alerts.yaml", "recording.yaml"):
            text = (rules or {}).get(name) or hurried((shipped / name).read_text(encoding="utf-8"))
            (folder / name).write_text(text, encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        self.program = Program("prometheus", [
            command, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address={address}", "--log.level=warn"], folder)

    def wait_until_ready(self) -> None:
        until("Prometheus is ready", lambda: fetch(f"{self.url}/-/ready"))

    def api(self, path: str, **parameters: str) -> Any:
        """The `data` of an answer; an error of Prometheus is an OSError with its words."""
        query = urllib.parse.urlencode({name.replace("match", "match[]"): value for name, value in parameters.items()})
        return json.loads(fetch(f"{self.url}/api/v1/{path}?{query}"))["data"]

    def query(self, expression: str) -> list[Json]:
        return list(self.api("query", query=expression)["result"])

    def query_range(self, expression: str, span: float = 60.0, step: float = 1.0) -> list[Json]:
        now = time.time()
        return list(self.api("query_range", query=expression, start=str(now - span), end=str(now), step=str(step))["result"])

    def series(self) -> list[dict[str, str]]:
        """Labels of the exporter's series that are there now, without those that say who was scraped."""
        found = self.query('{job="azure-iothub-jobs", __name__=~"azure_.*|iothub_.*|process_.*"}')
        return [{name: value for name, value in series["metric"].items() if name != "instance"} for series in found]

    def firing(self) -> list[dict[str, str]]:
        """The labels of the alerts that fire now."""
        return [alert["labels"] for alert in self.api("alerts")["alerts"] if alert["state"] == "firing"]
