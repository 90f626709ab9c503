#include "exposition/page_cache.hpp"

#include <utility>

namespace iothub {

std::shared_ptr<const std::string> PageCache::get(std::uint64_t version, SteadyTime now,
                                                  const std::function<RenderedText()>& render) {
  const std::scoped_lock lock(mutex_);
  if (!text_ || version_ != version || now > valid_until_) {
    RenderedText rendered = render();
    text_ = std::make_shared<const std::string>(std::move(rendered.text));
    valid_until_ = rendered.valid_until;
    version_ = version;
  }
  return text_;
}

}  // namespace iothub
