"""Programs under test: started with a log file each, waited for with a deadline, and gone at the end whatever happens."""

import ctypes
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

DEADLINE = 60.0  # seconds; generous, as it is only ever used up by a failure
POLL_STEP = 0.1
_PR_SET_PDEATHSIG = 1


class NotInTime(AssertionError):
    """Something that should have happened did not; the text says what was seen instead."""


def until(what: str, probe: Callable[[], Found | None], deadline: float = DEADLINE) -> Found:
    """The first result of `probe` that is neither None nor False. An exception of the probe means: not yet."""
    end = time.monotonic() + deadline
    last: object = None
    while time.monotonic() < end:
        try:
            last = probe()
            if last is not None and last is not False:
                return last  # type: ignore[return-value]
        except (OSError, AssertionError, LookupError, ValueError) as error:
            last = error
        time.sleep(POLL_STEP)
    raise NotInTime(f"{what}: not within {deadline:.0f} s; last seen: {last!r}")


def _die_with_parent() -> None:
    """Runs in the child before it becomes the program: not even a killed test may leave programs behind."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _environment(extra: dict[str, str]) -> dict[str, str]:
    """Ours, without proxies: everything here is on loopback."""
    inherited = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return inherited | extra


class Program:
    """One running program in a process group of its own; both its outputs go to one log file."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                env=_environment(environment or {}), start_new_session=True, preexec_fn=_die_with_parent)

    @property
    def pid(self) -> int:
        return self._process.pid

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def logged(self, pattern: str, deadline: float = DEADLINE) -> str:
        """Waits for a line with `pattern` and returns what its first group matched."""

        def look() -> str | None:
            match = re.search(pattern, self.text())
            if match is None and self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}:\n{self.text()}")
            return match.group(1) if match else None

        return until(f"{self.name} logs {pattern}", look, deadline)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for whatever of the group is left after a while."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def tail(self, lines: int = 25) -> str:
        return f"--- {self.name}, the last {lines} lines:\n" + "\n".join(self.text().splitlines()[-lines:])


def free_port() -> int:
    """A port that is free now; only for programs that cannot pick one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None, ca_file: Path | None = None,
          method: str | None = None) -> str:
    """GET, or POST with a body, if no method is named. An error status is an OSError that carries what the server said."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if ca_file is not None:
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(ca_file))))
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=10) as response:
            return str(response.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        raise OSError(f"{url}: {error.code} {error.read().decode('utf-8', 'replace')[:500]}") from error
