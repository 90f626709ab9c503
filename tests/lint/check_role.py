"""The role that config/README.md tells people to create is valid, and allows what the exporter asks for and no more.

usage: check_role.py REPOSITORY
"""

import json
import pathlib
import sys

EXPECTED = {
    "Name": "IoT Hub Job Reader",
    "IsCustom": True,
    "Actions": ["Microsoft.Devices/iotHubs/Read", "Microsoft.Devices/iotHubs/jobs/Read"],
    "NotActions": [],
    "DataActions": [],
    "NotDataActions": [],
    # To be replaced by whoever creates the role; a forgotten one belongs to nobody.
    "AssignableScopes": ["/subscriptions/00000000-0000-0000-0000-000000000000"],
}


def faults(role: object, readme: str) -> list[str]:
    if not isinstance(role, dict):
        return ["is no object"]
    found = [f"{key} is not {json.dumps(value)}" for key, value in EXPECTED.items() if role.get(key) != value]
    found += [f"{key} is unknown to Azure" for key in role.keys() - EXPECTED.keys() - {"Description"}]
    if not role.get("Description"):
        found.append("Description is missing")
    # What people are told to type.
    for text in ("@config/azure-role.json", f'--role "{EXPECTED["Name"]}"'):
        if text not in readme:
            found.append(f"config/README.md does not say {text}")
    return found


def main() -> int:
    folder = pathlib.Path(sys.argv[1], "config")
    role = json.loads((folder / "azure-role.json").read_text(encoding="utf-8"))
    problems = faults(role, (folder / "README.md").read_text(encoding="utf-8"))
    print("\n".join(f"config/azure-role.json: {problem}" for problem in problems) or "the role allows two actions")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
