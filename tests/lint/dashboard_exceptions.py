"""Where dashboards break the rules of check_dashboards.py, and why: file, (rule, place), reason."""

EXCEPTIONS: dict[str, dict[tuple[str, str], str]] = {}
