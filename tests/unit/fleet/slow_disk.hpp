// A disk under SQLite that can be made to hang: what it is asked to flush meanwhile waits.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include <sqlite3.h>

namespace iothub {

// SQLite's own file system, but for flushing. One at a time, made before the first file is opened and gone
// after the last one was closed.
class SlowDisk {
 public:
  SlowDisk() : files_(*sqlite3_vfs_find(nullptr)) {
    files_.zName = "slow-disk";
    files_.xOpen = &SlowDisk::open;
    one = this;
    real_ = sqlite3_vfs_find(nullptr);
    sqlite3_vfs_register(&files_, 1);
  }
  SlowDisk(const SlowDisk&) = delete;
  SlowDisk& operator=(const SlowDisk&) = delete;
  ~SlowDisk() {
    sqlite3_vfs_unregister(&files_);
    one = nullptr;
  }

  void hang() {
    const std::scoped_lock lock(mutex_);
    hangs_ = true;
  }

  void go_on(int outcome = SQLITE_OK) {
    const std::scoped_lock lock(mutex_);
    hangs_ = false;
    outcome_ = outcome;
    changed_.notify_all();
  }

  // Returns once somebody waits for the disk.
  void wait_until_it_is_needed() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  // The methods of a file, and what they were.
  struct Methods {
    sqlite3_io_methods methods;
    const sqlite3_io_methods* real;
  };

  static int open(sqlite3_vfs* /*files*/, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
    const int code = one->real_->xOpen(one->real_, name, file, flags, out);
    if (code == SQLITE_OK && file->pMethods != nullptr) {
      file->pMethods = &one->slow(file->pMethods);
    }
    return code;
  }

  const sqlite3_io_methods& slow(const sqlite3_io_methods* real) {
    const std::scoped_lock lock(mutex_);
    auto& kept = methods_[real];
    if (!kept) {
      kept = std::make_unique<Methods>(Methods{.methods = *real, .real = real});
      kept->methods.xSync = &SlowDisk::sync;
    }
    return kept->methods;
  }

  static int sync(sqlite3_file* file, int flags) {
    const int outcome = one->wait();
    const auto* const methods = reinterpret_cast<const Methods*>(file->pMethods);  // its first member
    return outcome == SQLITE_OK ? methods->real->xSync(file, flags) : outcome;
  }

  int wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hangs_; });
    --waiting_;
    return outcome_;
  }

  static inline SlowDisk* one = nullptr;

  sqlite3_vfs files_;
  sqlite3_vfs* real_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const sqlite3_io_methods*, std::unique_ptr<Methods>> methods_;
  bool hangs_ = false;
  int outcome_ = SQLITE_OK;
  int waiting_ = 0;
};

}  // namespace iothub
