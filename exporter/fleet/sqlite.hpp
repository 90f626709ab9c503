// SQLite as owners and values; the ledger's store is written with it. Errors (internal) say in words what a
// person can do about them, and what SQLite said.
//
// Used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace iothub {

using SqlValue = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

// The row that a query has reached.
class SqlRow {
 public:
  explicit SqlRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_number(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class SqlStatement {
 public:
  // Runs it once with these parameters. `on_row` may say that a row makes no sense.
  [[nodiscard]] Result<void> run(std::initializer_list<SqlValue> parameters,
                                 const std::function<Result<void>(const SqlRow&)>& on_row = nullptr);

 private:
  friend class SqlDatabase;
  using Handle = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;
  explicit SqlStatement(Handle handle) : handle_(std::move(handle)) {}

  Handle handle_;
};

class SqlDatabase {
 public:
  // The file is made if it is not there.
  [[nodiscard]] static Result<SqlDatabase> open(const std::string& path);

  // Statements without parameters, separated by semicolons.
  [[nodiscard]] Result<void> run(const std::string& script);

  [[nodiscard]] Result<SqlStatement> prepare(std::string_view sql);

  // Prepares and runs.
  [[nodiscard]] Result<void> run(std::string_view sql, std::initializer_list<SqlValue> parameters,
                                 const std::function<Result<void>(const SqlRow&)>& on_row = nullptr);

  // The number that a query yields, 0 if it yields none.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);

  // All that `work` does, or nothing of it.
  [[nodiscard]] Result<void> transaction(const std::function<Result<void>()>& work);

  // Another file, or none, is where this one was: what is written would be lost.
  [[nodiscard]] bool has_moved() const;

 private:
  using Handle = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
  explicit SqlDatabase(Handle handle) : handle_(std::move(handle)) {}

  Handle handle_;
};

}  // namespace iothub
