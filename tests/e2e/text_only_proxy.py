"""Stands between a Prometheus and the exporter and keeps back what the former accepts, so that it gets text format."""

import http.server
import threading
import urllib.request
from typing import Any


class TextOnlyProxy:
    """Serves the page at `url` while its context is open; `content_types` are those that went through."""

    def __init__(self, page_url: str) -> None:
        self.content_types: set[str] = set()
        proxy = self
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with opener.open(page_url, timeout=10) as answer:
                    body = answer.read()
                    content_type = answer.headers["Content-Type"]
                proxy.content_types.add(content_type)
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/metrics"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "TextOnlyProxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
