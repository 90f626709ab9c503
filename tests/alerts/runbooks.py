"""The runbooks as data: their sections, queries and commands."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "config" / "runbooks"
SECTIONS = ["Impact", "How the rule decides", "Look first", "Likely causes", "Commands", "Fix", "Silence", "Escalate",
            "False positives and tuning"]


def paths() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def sections(path: Path) -> dict[str, str]:
    """Text by heading, in the order of the file; what is above the first of them under ""."""
    parts = re.split(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"": parts[0], **{name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def queries(path: Path) -> list[str]:
    return [block.strip() for block in blocks(path.read_text(encoding="utf-8"), "promql")]
