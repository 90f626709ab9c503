#include "web/site.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/duration.hpp"

namespace iothub {

namespace {

constexpr std::string_view kHealthyPath = "/-/healthy";
constexpr std::string_view kReadyPath = "/-/ready";

// The page needs nothing but its own style.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'";

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>IoT Hub Job Exporter</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8886; white-space: nowrap; }
td.number, th.number { text-align: right; }
</style>
</head>
<body>
)html";

BodyPart part(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

HttpServerResponse plain(int status, std::string text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .headers = {{"Cache-Control", "no-store"}},
          .body = {part(std::move(text))}};
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string link(std::string_view path, std::string_view text) {
  return "<a href=\"" + escaped(path) + "\">" + escaped(text) + "</a>";
}

std::string_view condition(const HubSnapshot& hub) {
  if (!hub.polls.up) {
    return "not polled yet";
  }
  if (!*hub.polls.up) {
    return "last poll failed";
  }
  return hub.hub && !is_active(*hub.hub) ? "not active in Azure" : "up";
}

std::string count(const HubJobs* jobs, JobStatus status) {
  return jobs == nullptr ? "–" : std::to_string(std::ranges::count(jobs->jobs, status, &Job::status));
}

std::string row(const HubSnapshot& hub, const HubJobs* jobs, SteadyTime now) {
  std::string html = "<tr><td>" + escaped(hub.id.name) + "</td><td>" + escaped(condition(hub)) + "</td><td>";
  if (hub.polls.last_success_tick) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - *hub.polls.last_success_tick);
    html += format_duration(age) + " ago";
  } else {
    html += "never";
  }
  html += "</td>";
  for (const JobStatus status :
       {JobStatus::enqueued, JobStatus::running, JobStatus::completed, JobStatus::failed}) {
    html += "<td class=\"number\">" + count(jobs, status) + "</td>";
  }
  return html + "</tr>\n";
}

// The value of a header that is a list: what several of its lines say is joined.
std::string header(const HttpServerRequest& request, std::string_view name) {
  std::string list;
  for (const auto& [its_name, value] : request.headers) {
    if (its_name == name) {
      list += (list.empty() ? "" : ",") + value;
    }
  }
  return list;
}

bool is_read(const HttpServerRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

Site::Site(SiteOptions options, SiteSources sources, const Fleet& fleet, const Clock& clock)
    : options_(std::move(options)), sources_(std::move(sources)), fleet_(fleet), clock_(clock) {}

HttpServerResponse Site::answer(const HttpServerRequest& request) const {
  struct Route {
    std::string_view path;
    std::string_view name;
    HttpServerResponse (Site::*answer)(const HttpServerRequest&) const;
  };
  const std::array<Route, 4> routes{{{options_.telemetry_path, "metrics", &Site::metrics},
                                     {kHealthyPath, "healthy", &Site::healthy},
                                     {kReadyPath, "ready", &Site::ready},
                                     {"/", "index", &Site::index}}};
  const auto* const found = std::ranges::find(routes, request.path, &Route::path);
  std::string_view name = "unknown";  // never the path itself: strangers would make series
  HttpServerResponse response;
  if (found == routes.end()) {
    response = plain(404, "there is no such page; see /\n");
  } else if (name = found->name; !is_read(request)) {
    response = plain(405, "only GET and HEAD are served here\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
  } else {
    response = (this->*found->answer)(request);
  }
  if (sources_.served) {
    sources_.served(name, response.status);
  }
  return response;
}

HttpServerResponse Site::metrics(const HttpServerRequest& request) const {
  const Format format = choose_format(header(request, "accept"));
  const Encoding encoding = choose_encoding(header(request, "accept-encoding"));
  HttpServerResponse response{.status = 200,
                              .content_type = std::string(content_type(format)),
                              .headers = {{"Vary", "Accept, Accept-Encoding"}},
                              .body = sources_.metrics(format, encoding)};
  if (encoding == Encoding::gzip) {
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

HttpServerResponse Site::healthy(const HttpServerRequest&) const {
  const auto why = sources_.why_unhealthy();
  return why ? plain(503, "unhealthy: " + *why + "\n") : plain(200, "healthy\n");
}

HttpServerResponse Site::ready(const HttpServerRequest&) const {
  const auto missing = unpolled_hubs(fleet_.view());
  if (missing.empty()) {
    return plain(200, "ready\n");
  }
  std::string text = "not ready: hubs that were not polled yet: " + std::to_string(missing.size()) + "\n";
  for (const std::string& name : missing) {
    text += name + "\n";
  }
  return plain(503, std::move(text));
}

HttpServerResponse Site::index(const HttpServerRequest&) const {
  std::string html(kHead);
  html += "<h1>IoT Hub Job Exporter</h1>\n<p>Exports the jobs of Azure IoT Hubs to Prometheus. Version " +
          escaped(options_.version) + ".</p>\n<p>" + link(options_.telemetry_path, "Metrics") + " · " +
          link(kHealthyPath, "Healthy?") + " · " + link(kReadyPath, "Ready?") + "</p>\n";
  html +=
      "<div class=\"wide\"><table>\n<tr><th>Hub</th><th>State</th><th>Last good poll</th><th "
      "class=\"number\">Enqueued"
      "</th><th class=\"number\">Running</th><th class=\"number\">Completed</th><th "
      "class=\"number\">Failed</th></tr>\n";
  const SteadyTime now = clock_.steady_now();
  for (const auto& hub : fleet_.view().hubs) {
    html += row(*hub, hub->fresh_jobs(now, options_.stale_after), now);
  }
  html +=
      "</table></div>\n<p>Jobs as of the last good poll. Azure keeps up to 30 days of "
      "them.</p>\n</body>\n</html>\n";
  return {.status = 200,
          .content_type = "text/html; charset=utf-8",
          .headers = {{"Content-Security-Policy", std::string(kPolicy)}, {"Cache-Control", "no-store"}},
          .body = {part(std::move(html))}};
}

Result<void> check_telemetry_path(std::string_view path) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~";
  const bool well_formed =
      path.size() > 1 && path.front() == '/' && path.find_first_not_of(kAllowed) == std::string_view::npos;
  if (!well_formed || path == kHealthyPath || path == kReadyPath) {
    return fail(
        ErrorKind::bad_config,
        "\"" + std::string(path) + "\" cannot be the path of the metrics; expected something like /metrics");
  }
  return {};
}

}  // namespace iothub
