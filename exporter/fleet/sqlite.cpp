#include "fleet/sqlite.hpp"

#include <system_error>
#include <utility>

#include <sqlite3.h>

namespace iothub {

namespace {

std::string advice(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "it is in use by another process";
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "it is damaged, or no database";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "it cannot be written";
    case SQLITE_CANTOPEN:
      return "it cannot be opened";
    case SQLITE_IOERR:
      return "the disk fails";
    case SQLITE_NOMEM:
      return "memory is short";
    default:
      return "it cannot be used";
  }
}

tl::unexpected<Error> fail_with(sqlite3* database, int code) {
  std::string message = advice(code);
  if (database != nullptr) {
    message += " (SQLite: " + std::string(sqlite3_errmsg(database));
    if (const int error = sqlite3_system_errno(database); error != 0) {
      message += ", " + std::generic_category().message(error);
    }
    message += ")";
  }
  return fail(ErrorKind::internal, std::move(message));
}

int bind(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    const char* bytes = text->empty() ? "" : text->data();  // a null pointer would be NULL
    return sqlite3_bind_text64(statement, index, bytes, text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

}  // namespace

std::int64_t SqlRow::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::optional<std::int64_t> SqlRow::optional_number(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL ? std::nullopt
                                                                : std::optional(number(column));
}

std::string SqlRow::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes == nullptr
             ? std::string()
             : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

Result<void> SqlStatement::run(std::initializer_list<SqlValue> parameters,
                               const std::function<Result<void>(const SqlRow&)>& on_row) {
  sqlite3_stmt* statement = handle_.get();
  int index = 0;
  int code = SQLITE_OK;
  for (const SqlValue& parameter : parameters) {
    code = code == SQLITE_OK ? bind(statement, ++index, parameter) : code;
  }
  Result<void> row_outcome;
  while (code == SQLITE_OK && row_outcome) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
      code = SQLITE_OK;
      row_outcome = on_row ? on_row(SqlRow(statement)) : row_outcome;
    }
  }
  Result<void> outcome = code == SQLITE_OK || code == SQLITE_DONE
                             ? std::move(row_outcome)
                             : Result<void>(fail_with(sqlite3_db_handle(statement), code));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return outcome;
}

Result<SqlDatabase> SqlDatabase::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Handle handle(raw, &sqlite3_close_v2);
  if (code != SQLITE_OK) {
    return fail_with(raw, code);
  }
  if (sqlite3_db_readonly(raw, "main") != 0) {  // what SQLite makes of a file that cannot be written
    return fail(ErrorKind::internal, advice(SQLITE_READONLY));
  }
  return SqlDatabase(std::move(handle));
}

Result<void> SqlDatabase::run(const std::string& script) {
  const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Result<void>() : fail_with(handle_.get(), code);
}

Result<SqlStatement> SqlDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  SqlStatement::Handle statement(raw, &sqlite3_finalize);
  if (code != SQLITE_OK) {
    return fail_with(handle_.get(), code);
  }
  return SqlStatement(std::move(statement));
}

Result<void> SqlDatabase::run(std::string_view sql, std::initializer_list<SqlValue> parameters,
                              const std::function<Result<void>(const SqlRow&)>& on_row) {
  return prepare(sql).and_then([&](SqlStatement statement) { return statement.run(parameters, on_row); });
}

Result<std::int64_t> SqlDatabase::number(std::string_view sql) {
  std::int64_t found = 0;
  return run(sql, {},
             [&found](const SqlRow& row) -> Result<void> {
               found = row.number(0);
               return {};
             })
      .map([&found] { return found; });
}

Result<void> SqlDatabase::transaction(const std::function<Result<void>()>& work) {
  auto outcome = run("BEGIN IMMEDIATE").and_then(work).and_then([this] { return run("COMMIT"); });
  if (!outcome && sqlite3_get_autocommit(handle_.get()) == 0) {
    (void)run("ROLLBACK");  // what failed is told already
  }
  return outcome;
}

bool SqlDatabase::has_moved() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

}  // namespace iothub
