"""What a scrape of 100,000 series costs, and the memory to serve them: ours beside nginx with the same bytes as files,
prometheus-cpp's Exposer and a Pushgateway; and the memory of the exporter itself when it is idle.
"""

import gzip
import http.client
import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from programs import Program, fetch, free_port, until  # noqa: E402

ROUNDS = 201  # of each fast server: a median of fewer moves by a tenth from run to run
SLOW_ROUNDS = 3  # of those that need a good part of a second
CHANGED = 3  # hubs of 250: one in a hundred

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on; default_type text/plain;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}; gzip_static on; }}
}}
"""


class Client:
    """One connection that is kept, as Prometheus has it. Bodies are thrown away."""

    def __init__(self, url: str, compressed: bool) -> None:
        self.url = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(self.url.netloc, timeout=60)
        self.headers = {"Accept-Encoding": "gzip" if compressed else "identity"}
        self.buffer = bytearray(1 << 20)

    def scrape(self) -> int:
        try:
            self.connection.request("GET", self.url.path, headers=self.headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # the library's server keeps no connection while others take their turn
            self.connection.close()
            return self.scrape()
        size = 0
        while read := answer.readinto(self.buffer):
            size += read
        return size

    def get(self, path: str) -> None:
        self.connection.request("GET", path)
        self.connection.getresponse().read()


def measure(clients: dict[str, Client], rounds: int, changed: int = 0) -> dict[str, dict[str, float]]:
    """Median milliseconds. They take turns, so that what else the machine does hits all of them."""
    took: dict[str, list[float]] = {name: [] for name in clients}
    sizes = {name: client.scrape() for name, client in clients.items()}
    for _ in range(rounds):
        for name, client in clients.items():
            if changed and name == "ours":
                client.get(f"/change/{changed}")
            begin = time.perf_counter()
            sizes[name] = client.scrape()
            took[name].append((time.perf_counter() - begin) * 1000)
    return {name: {"ms": statistics.median(took[name]), "bytes": sizes[name]} for name in clients}


def resident(pid: int) -> float:
    """Megabytes of the program and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    own = next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
               if line.startswith("VmRSS"))
    return own / 1024 + sum(resident(int(child)) for child in children)


def start_pushgateway(folder: Path, page: bytes) -> tuple[Program, str]:
    port = free_port()
    program = Program("pushgateway", ["prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{port}"], folder)
    until("the Pushgateway is ready", lambda: fetch(f"http://127.0.0.1:{port}/-/ready"))
    own = b"\n".join(line for line in page.split(b"\n") if b"push_" not in line)
    (folder / "push").write_bytes(own)
    subprocess.run(["curl", "--silent", "--fail", "--noproxy", "*", "--data-binary", f"@{folder / 'push'}",
                    f"http://127.0.0.1:{port}/metrics/job/bench"], check=True, timeout=120)
    return program, f"http://127.0.0.1:{port}/metrics"


def start_nginx(folder: Path, page: bytes, compressed: bytes) -> tuple[Program, str]:
    """In a folder that its workers, who are somebody else, may read."""
    folder.chmod(0o755)
    (folder / "metrics").write_bytes(page)
    (folder / "metrics.gz").write_bytes(compressed)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), encoding="ascii")
    program = Program("nginx", ["nginx", "-c", str(folder / "nginx.conf")], folder)
    until("nginx is ready", lambda: fetch(f"http://127.0.0.1:{port}/nginx.conf"))
    return program, f"http://127.0.0.1:{port}/metrics"


def raw(url: str, encoding: str) -> bytes:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", parts.path, headers={"Accept-Encoding": encoding})
    return connection.getresponse().read()


def scrape_all(folder: Path, page_server: Path, programs: dict[str, Program]) -> dict[str, dict[str, dict[str, float]]]:
    """By case and server: milliseconds of a scrape and bytes of its body; and by server: resident megabytes."""
    urls = {}
    for name in ("ours", "prometheus-cpp"):
        programs[name] = Program(name, [str(page_server), name], folder)
        urls[name] = programs[name].logged(r"(http://\S+)")
    page, compressed = raw(urls["ours"], "identity"), raw(urls["ours"], "gzip")
    assert gzip.decompress(compressed).count(b"\nazure_iothub_") > 100_000
    programs["nginx"], urls["nginx"] = start_nginx(folder, page, compressed)
    programs["pushgateway"], urls["pushgateway"] = start_pushgateway(folder, page)
    measured = {}
    for encoding in ("plain", "gzip"):
        clients = {name: Client(url, encoding == "gzip") for name, url in urls.items()}  # connects with the first scrape
        slow = measure({name: clients.pop(name) for name in ("prometheus-cpp", "pushgateway")}, SLOW_ROUNDS)
        measured[f"unchanged, {encoding}"] = slow | measure(clients, ROUNDS)
        # What changes behind the slow ones makes no difference to them: they make the page anew each time.
        measured[f"1 % changed, {encoding}"] = slow | measure(clients, ROUNDS, CHANGED)
    measured["memory"] = {name: {"MB": resident(program.pid)} for name, program in programs.items()}
    return measured


def idle_memory(folder: Path, exporter: Path, simulator: Path, config: Path) -> float:
    """Resident megabytes of the exporter with the demo's hubs, after they were polled and the page was asked for."""
    ca_file = folder / "ca.pem"
    azure = Program("simulator", [str(simulator), "--listen-address=127.0.0.1:0", f"--ca-file={ca_file}"], folder)
    port = azure.logged(r"listening https://\S+:(\d+)")
    ours = Program("exporter", [str(exporter), f"--config.file={config}", "--web.listen-address=127.0.0.1:0"], folder,
                   {"IOTHUB_SIMULATOR_PORT": port, "IOTHUB_SIMULATOR_CA_FILE": str(ca_file)})
    try:
        address = ours.logged(r'msg="?listening"? .*?address="?(127\.0\.0\.1:\d+)')
        until("every hub was polled", lambda: fetch(f"http://{address}/-/ready"))
        fetch(f"http://{address}/metrics")
        return resident(ours.pid)
    finally:
        ours.stop()
        azure.stop()
