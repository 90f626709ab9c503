// Keeps rendered text until what it shows has changed, so that a scrape of an unchanged page writes ready
// bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/clock.hpp"

namespace iothub {

struct RenderedText {
  std::string text;
  SteadyTime valid_until =
      SteadyTime::max();  // when it changes by itself, because something in it grows too old
};

class PageCache {
 public:
  // The text of `version`. `render` runs if there is none yet, or if it is no longer valid at `now`; callers
  // that come meanwhile wait for it.
  [[nodiscard]] std::shared_ptr<const std::string> get(std::uint64_t version, SteadyTime now,
                                                       const std::function<RenderedText()>& render);

 private:
  std::mutex mutex_;
  std::uint64_t version_ = 0;
  SteadyTime valid_until_;
  std::shared_ptr<const std::string> text_;
};

}  // namespace iothub
