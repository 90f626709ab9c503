"""What the dashboards have to say of fleet.yaml: a query that is turned into its opposite still returns data.

The hub retail was read three hours ago in the history only, so Prometheus forgets that five minutes after the test's start.
Keys are those of `dashboards.Query`, with the refId where a panel has several queries.
"""

# Panels of one number, with all hubs chosen.
NUMBERS = {
    "overview: Failing now": 3,
    "overview: Overdue": 2,
    "overview: Never completed": 2,
    "overview: Hubs not read": 1,
    "overview: Active jobs": 1,
    "hub: Types that failed last": 3,
    "hub: Can be read": 0,  # the worst, where several are chosen
    "hub: Hub is active": 0,
    "hub: Named jobs not found": 1,
    "expectations: Overdue": 2,
    "expectations: Never completed": 2,
    "expectations: On time": 6,
    "expectations: Expectations": 11,
    "expectations: Hubs without expectations": 2,
    "exporter: Hubs failing": 1,
}

# Rows of "What is wrong now".
PROBLEMS = {
    ("laboratory", "rebootDevice", "newest job failed"),
    ("plant-south", "export", "newest job failed"),
    ("vehicles", "firmwareUpdate", "newest job failed"),
    ("archive", "backup", "overdue"),
    ("plant-south", "export", "overdue"),
    ("laboratory", "import", "never completed"),
    ("plant-south", "backup", "never completed"),
    ("laboratory", "import", "active for too long"),
    ("retail", "", "hub cannot be read"),
    ("new-site", "", "hub is not active"),
}

# The newest job of each hub and type, in the words of the timeline.
VERDICTS = {
    ("archive", "backup"): "completed",  # and another failed, long before
    ("laboratory", "export"): "completed",
    ("laboratory", "import"): "running",
    ("laboratory", "rebootDevice"): "failed",
    ("pilot", "export"): "completed",
    ("plant-north", "export"): "completed",
    ("plant-north", "firmwareUpdate"): "completed",
    ("plant-north", "import"): "completed",
    ("plant-south", "export"): "failed",
    ("plant-south", "updateDeviceConfiguration"): "completed",
    ("vehicles", "export"): "completed",
    ("vehicles", "firmwareUpdate"): "failed",
    ("warehouse", "import"): "completed",
}

# The column State of "Each expectation", in its words.
EXPECTATIONS = {
    ("archive", "backup"): "overdue",
    ("laboratory", "export"): "on time",
    ("laboratory", "import"): "never completed",
    ("plant-north", "export"): "on time",
    ("plant-north", "import"): "on time",
    ("plant-south", "backup"): "never completed",
    ("plant-south", "export"): "overdue",
    ("retail", "export"): "hub not read",
    ("vehicles", "export"): "on time",
    ("vehicles", "firmwareUpdate"): "on time",
    ("warehouse", "import"): "on time",
}

# The column Reading of "All hubs".
READING = {
    hub: "cannot be read" if hub == "retail" else "can be read"
    for hub in ("archive", "laboratory", "new-site", "pilot", "plant-north", "plant-south", "retail", "vehicles", "warehouse")
}

# The column "95 % took at most" of the hub's durations, for jobs that ended on the day before.
DURATIONS = {
    ("laboratory", "export"): "1 min",
    ("pilot", "export"): "1 min",
    ("plant-north", "import"): "10 min",
    ("vehicles", "export"): "1 h",
    ("vehicles", "firmwareUpdate"): "6 h",  # of two and a half hours
    ("warehouse", "import"): "1 h",
}
