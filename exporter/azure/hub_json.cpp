#include "azure/hub_json.hpp"

#include <string>

#include "http/flat_json.hpp"

namespace iothub {

Result<Hub> parse_hub(std::string_view body) {
  const auto json = FlatJson::parse(body);
  if (!json) {
    return fail(json.error());
  }
  if (json->text("name").empty() && json->text("id").empty()) {
    return fail(ErrorKind::bad_response, "the answer has neither an id nor a name, so it is no hub");
  }
  return Hub{.location = std::string(json->text("location")),
             .sku = std::string(json->text("sku.name")),
             .tier = std::string(json->text("sku.tier")),
             .state = std::string(json->text("properties.state"))};
}

}  // namespace iothub
