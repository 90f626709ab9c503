// The tables of the ledger's file. A change of them is a new step at the end, never an edit of an old one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace iothub {

// "IoTH", so that another program's database is not taken for ours. The first step sets it.
inline constexpr std::int64_t kLedgerApplicationId = 1'232'032'840;

// Times are microseconds since 1970, UTC.
inline constexpr std::array<std::string_view, 1> kLedgerSteps{R"sql(
  PRAGMA application_id = 1232032840;

  CREATE TABLE hubs (
    hub          TEXT    NOT NULL PRIMARY KEY,  -- its name in lower case
    day          INTEGER NOT NULL,              -- days on which it was polled
    day_began    INTEGER NOT NULL,
    follows_list INTEGER NOT NULL               -- 1 if its last poll read the whole list, 0 if single jobs
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE jobs (
    hub           TEXT    NOT NULL,
    job_id        TEXT    NOT NULL,  -- in lower case
    job_type      TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    finished_seen INTEGER,           -- when it was first seen finished
    counted       INTEGER NOT NULL,  -- 1 if it is in the counters, 0 while it is not or if it never will be
    busy_from     INTEGER,           -- what of it is in busy_microseconds
    busy_to       INTEGER,
    last_seen     INTEGER NOT NULL,  -- a day of the hub
    PRIMARY KEY (hub, job_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    hub      TEXT    NOT NULL,
    job_type TEXT    NOT NULL,
    name     TEXT    NOT NULL,  -- finished, duration_bucket, duration_microseconds, failures, busy_microseconds
    label    TEXT    NOT NULL,  -- the status or the class of failure
    bucket   INTEGER NOT NULL,  -- its upper bound in seconds, 0 if it has none
    value    INTEGER NOT NULL,
    PRIMARY KEY (hub, job_type, name, label, bucket)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE busy_forgotten (
    hub      TEXT    NOT NULL,
    job_type TEXT    NOT NULL,
    until    INTEGER NOT NULL,  -- how far the forgotten jobs' busy times reached
    PRIMARY KEY (hub, job_type)
  ) STRICT, WITHOUT ROWID;
)sql"};

}  // namespace iothub
