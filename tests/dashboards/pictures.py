"""Draws the dashboards from their files, with live data and a week of history, and photographs them.

pictures.py --exporter PROGRAM --simulator PROGRAM --output FOLDER [--only NAME] [--days N] [--vision NAME]

Writes NAME-dark.png and NAME-light.png for each dashboard. Exit 1 if a panel could not be drawn, with its title; panels
that have no data are named, as that may be right.
"""

import argparse
import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "e2e"))

from fleet import Fleet, Tools  # noqa: E402: found by the line above
from programs import fetch  # noqa: E402

# Where a dashboard shows one thing at a time, which.
CHOSEN = {"hub": {"hub": "vehicles"}}
THEMES = ("dark", "light")
PAGE = b'<!doctype html><html><head><meta charset="utf-8"><link rel="stylesheet" href="/bundle.css">' \
       b'<script>window.__grafana_public_path__ = "/public/";</script></head>' \
       b'<body style="margin: 0"><div id="root"></div><script src="/bundle.js"></script></body></html>'


def step(age: float) -> float:
    """Seconds between samples: dense for the last day, which the dashboard Exporter shows, and for the time before it at
    most what Prometheus bridges."""
    return 90.0 if age <= 86400 else 290.0


class Handler(http.server.SimpleHTTPRequestHandler):
    """The page, what it consists of, and Prometheus' API below the same origin."""

    def __init__(self, prometheus: str, bundle: Path, *arguments: Any) -> None:
        self._prometheus = prometheus
        self._bundle = bundle
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = urllib.parse.urlsplit(self.path).path
        if path.startswith("/api/"):
            self._answer(self._ask_prometheus(), "application/json")
        elif path == "/":
            self._answer(PAGE, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        clean = urllib.parse.urlsplit(path).path
        if clean.startswith("/dashboards/"):
            return str(ROOT / clean[1:])
        if clean.startswith("/public/build/"):  # where Grafana's own build would have put them
            return str(HERE / "node_modules/@grafana/ui/dist/public" / clean.removeprefix("/public/build/"))
        return str(self._bundle / clean[1:])

    def _ask_prometheus(self) -> bytes:
        try:
            return fetch(self._prometheus + self.path).encode()
        except OSError as error:
            return json.dumps({"status": "error", "error": str(error)}).encode()

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def served(prometheus: str, bundle: Path) -> Iterator[str]:
    """The address of the page."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, prometheus, bundle))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def make_bundle(folder: Path) -> None:
    subprocess.run([HERE / "node_modules/.bin/esbuild", "page/main.jsx", "--bundle", "--minify", "--jsx=automatic",
                    f"--outfile={folder / 'bundle.js'}", "--loader:.svg=dataurl", "--loader:.ttf=dataurl",
                    '--define:process.env.NODE_ENV="production"', "--log-level=error"], cwd=HERE, check=True)


def shots(origin: str, names: list[str], output: Path, now: float) -> list[dict[str, str]]:
    found = []
    for name in names:
        for theme in THEMES:
            query = urllib.parse.urlencode({"dashboard": name, "theme": theme, "now": f"{now:.0f}", **CHOSEN.get(name, {})})
            found.append({"url": f"{origin}/?{query}", "file": str(output / f"{name}-{theme}.png")})
    return found


def report(line: str) -> bool:
    """Says what became of a picture; whether every panel could be drawn."""
    result = json.loads(line)
    print(result["file"])
    for title in result["empty"]:
        print(f"  without data: {title}")
    for error in result["errors"]:
        print(f"  NOT DRAWN: {error}")
    return not result["errors"]


def main() -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--exporter", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", help="one dashboard")
    parser.add_argument("--days", type=float, default=7.2, help="of history")
    parser.add_argument("--vision", default="none", help="as whom: deuteranopia, protanopia, tritanopia, achromatopsia")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    names = [options.only] if options.only else sorted(path.stem for path in (ROOT / "dashboards").glob("*.json"))
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="iothub-pictures-") as scratch:
        folder = Path(scratch)
        make_bundle(folder)
        tools = Tools(str(Path(options.exporter).resolve()), str(Path(options.simulator).resolve()))
        with Fleet(tools, options.days, step) as fleet, served(fleet.prometheus.url, folder) as origin:
            taken = shots(origin, names, options.output.resolve(), time.time())
            camera = subprocess.run(["node", "shoot.js", chromium, str(folder / "profile"), json.dumps(taken), options.vision],
                                    cwd=HERE, stdout=subprocess.PIPE, text=True, check=False, timeout=600)
    good = [report(line) for line in camera.stdout.splitlines() if line.startswith("{")]
    if camera.returncode != 0 or len(good) != len(taken):
        print("not every dashboard was drawn", file=sys.stderr)
        return 1
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
