"""Every golden page passes `promtool check metrics` without a word.

usage: check_pages.py REPOSITORY
"""

import pathlib
import subprocess
import sys


def complaints(page: pathlib.Path) -> str:
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=page.read_bytes(), capture_output=True, check=False
    )
    said = (checked.stdout + checked.stderr).decode().strip()
    return said or ("" if checked.returncode == 0 else f"exit status {checked.returncode}")


def main() -> int:
    pages = sorted(pathlib.Path(sys.argv[1], "tests/golden/cases").glob("*/metrics.prom"))
    problems = [f"{page.parent.name}: {said}" for page in pages if (said := complaints(page))]
    if not pages:
        problems.append("there are no golden pages")
    print("\n".join(problems) or f"promtool accepts {len(pages)} pages")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
