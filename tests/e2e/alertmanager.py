"""A real Alertmanager on our own file, with its one line filled in: the chat is a server of the test."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from programs import Program, fetch, free_port, until

Json = dict[str, Any]
PLACEHOLDER = "https://hooks.slack.com/services/YOUR/WEBHOOK/HERE"


class Chat:
    """Takes what Alertmanager would write into a Slack channel."""

    def __init__(self) -> None:
        self._messages: list[Json] = []
        messages = self._messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.extend(json.loads(body)["attachments"])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def messages(self, *words: str) -> list[Json]:
        """Those whose title or text holds all of the words, oldest first."""
        return [message for message in list(self._messages)
                if all(word in message["title"] + "\n" + message["text"] for word in words)]


class Alertmanager:
    """The server and its HTTP API. Groups wait a second where the shipped file says seconds, minutes or hours."""

    def __init__(self, command: str, shipped: Path, chat: Chat, folder: Path) -> None:
        text = shipped.read_text(encoding="utf-8")
        assert text.count(PLACEHOLDER) == 1, "the shipped file no longer has one line to fill in"
        text = re.sub(r"\b(group_wait|group_interval): \w+", r"\1: 1s", text.replace(PLACEHOLDER, chat.url))
        (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
        self.address = f"127.0.0.1:{free_port()}"
        self.program = Program("alertmanager", [
            command, f"--config.file={folder / 'alertmanager.yml'}", f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={self.address}", "--cluster.listen-address=", "--log.level=warn"], folder)

    def wait_until_ready(self) -> None:
        until("Alertmanager is ready", lambda: fetch(f"http://{self.address}/-/ready"))

    def add(self, alerts: list[Json]) -> None:
        """As if a Prometheus had sent them, all at once."""
        fetch(f"http://{self.address}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})

    def alerts(self) -> list[Json]:
        return list(json.loads(fetch(f"http://{self.address}/api/v2/alerts")))

    def muted(self) -> set[frozenset[tuple[str, str]]]:
        """The labels of each alert that is inhibited now."""
        return {frozenset(alert["labels"].items()) for alert in self.alerts() if alert["status"]["inhibitedBy"]}

    def failed_notifications(self) -> float:
        failures = re.compile(r"^alertmanager_notifications_failed_total\S* (\S+)$", re.MULTILINE)
        return sum(float(value) for value in failures.findall(fetch(f"http://{self.address}/metrics")))
