#include "metrics/fleet_page.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace iothub {

namespace {

std::size_t index_of(Format format) {
  return static_cast<std::size_t>(format);
}
std::size_t index_of(Encoding encoding) {
  return static_cast<std::size_t>(encoding);
}

}  // namespace

// The hubs as they are now, and what must be rendered of them.
struct FleetPage::Changes {
  std::vector<KnownHub> hubs;
  std::vector<BlockSource> sources;       // like `hubs`
  std::vector<HubFacts> facts;            // of those that changed
  std::vector<std::size_t> facts_places;  // like `hubs`: where its facts are

  void add_facts(std::size_t hub, HubFacts its) {
    sources[hub].changed = true;
    facts_places[hub] = facts.size();
    facts.push_back(std::move(its));
  }
};

FleetPage::FleetPage(const Fleet& fleet, const HubFactsOptions& options)
    : fleet_(fleet), options_(options), families_(fleet_families().size()) {}

std::shared_ptr<const FleetPage::Edition> FleetPage::current() const {
  const std::scoped_lock lock(mutex_);
  return current_;
}

std::shared_ptr<const FleetBody> FleetPage::get(Format format, Encoding encoding, WallTime now,
                                                SteadyTime now_tick) {
  const std::uint64_t version = fleet_.version();
  const auto ready = [&]() -> std::shared_ptr<const FleetBody> {
    const auto edition = current();
    return edition && edition->is_current(version, now, now_tick)
               ? edition->bodies.at(index_of(format)).at(index_of(encoding))
               : nullptr;
  };
  if (auto body = ready()) {
    return body;
  }
  const std::scoped_lock making(making_);
  if (auto body = ready()) {  // somebody else has made it meanwhile
    return body;
  }
  const auto before = current();
  Edition edition = before && before->is_current(version, now, now_tick) ? *before : render(now, now_tick);
  auto body =
      std::make_shared<const FleetBody>(FleetBody{.page = assemble(format, encoding), .hubs = edition.hubs});
  edition.bodies.at(index_of(format)).at(index_of(encoding)) = body;
  auto next = std::make_shared<const Edition>(std::move(edition));
  {
    const std::scoped_lock lock(mutex_);
    current_.swap(next);
  }
  return body;  // the edition before dies with `next`, when the lock is released
}

FleetPage::Edition FleetPage::render(WallTime now, SteadyTime now_tick) {
  const FleetView view = fleet_.view();
  Changes changes = find_changes(view, now, now_tick);
  share_the_limit(changes, now, now_tick);
  const auto rows = fleet_families();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FleetFamily& family = rows[i];
    families_[i].samples.update(
        changes.sources,
        [&](std::size_t hub, TextWriter& out) {
          family.add({out, family.row.name}, changes.facts[changes.facts_places[hub]]);
        },
        scratch_);
  }
  hubs_ = std::move(changes.hubs);
  Edition edition{.version = view.version,
                  .valid = {},
                  .hubs = count_hubs(view, now_tick, options_.stale_after),
                  .bodies = {}};
  for (const KnownHub& hub : hubs_) {
    edition.valid.shorten(hub.valid);
  }
  return edition;
}

FleetPage::Changes FleetPage::find_changes(const FleetView& view, WallTime now, SteadyTime now_tick) {
  Changes changes;
  changes.hubs.reserve(view.hubs.size());
  changes.sources.reserve(view.hubs.size());
  changes.facts_places.resize(view.hubs.size());
  // Were memory to run out on the way, all hubs would be new to the next try.
  std::vector<KnownHub> known = std::exchange(hubs_, {});
  std::size_t next = 0;  // of those; both are in the order of the names
  for (const auto& snapshot : view.hubs) {
    while (next < known.size() && known[next].snapshot->id.name < snapshot->id.name) {
      ++next;
    }
    const bool is_known = next < known.size() && known[next].snapshot->id.name == snapshot->id.name;
    changes.sources.push_back({.was = is_known ? std::optional(next) : std::nullopt, .changed = false});
    if (is_known) {
      KnownHub& before = known[next++];
      if (before.snapshot == snapshot && before.valid.holds(now, now_tick)) {
        changes.hubs.push_back(std::move(before));
        continue;
      }
    }
    HubFacts facts = facts_of(snapshot, options_, now, now_tick);
    KnownHub& hub = changes.hubs.emplace_back(
        KnownHub{.snapshot = snapshot, .listed = shared_details(facts), .shown = 0, .valid = facts.valid});
    hub.shown = hub.listed.size();
    changes.add_facts(changes.hubs.size() - 1, std::move(facts));
  }
  return changes;
}

// One hub's new job can take the place of another hub's.
void FleetPage::share_the_limit(Changes& changes, WallTime now, SteadyTime now_tick) {
  std::vector<std::span<const Job* const>> listed;
  listed.reserve(changes.hubs.size());
  for (const KnownHub& hub : changes.hubs) {
    listed.emplace_back(hub.listed);
  }
  const auto shown = share_details(listed, options_.details.max_total);
  for (std::size_t i = 0; i < changes.hubs.size(); ++i) {
    KnownHub& hub = changes.hubs[i];
    if (hub.shown != shown[i] && !changes.sources[i].changed) {
      changes.add_facts(i, facts_of(hub.snapshot, options_, now, now_tick));
      const HubFacts& facts = changes.facts.back();
      hub.listed = shared_details(facts);  // other ones if the clock has jumped back
      hub.valid = facts.valid;
    }
    hub.shown = shown[i];
    if (changes.sources[i].changed && hub.shown < hub.listed.size()) {
      HubFacts& facts = changes.facts[changes.facts_places[i]];
      facts.details.erase(facts.details.begin() + static_cast<std::ptrdiff_t>(hub.shown),
                          facts.details.end());
      facts.details_dropped += hub.listed.size() - hub.shown;
    }
  }
}

PageBody FleetPage::assemble(Format format, Encoding encoding) {
  const auto rows = fleet_families();
  PageBody body;
  std::optional<Deflater> deflater;
  if (encoding == Encoding::gzip) {
    deflater.emplace();
    body.parts.push_back(std::make_shared<const std::string>(gzip_head()));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BlockRun& samples = families_[i].samples;
    if (samples.is_empty()) {  // then the family is left out, as Prometheus' own clients do
      continue;
    }
    HeaderPart& header = families_[i].headers.at(index_of(format));
    const MetricRow& row = rows[i].row;
    const PagePart& text = header.text(format, row.name, row.type, row.help);
    if (deflater) {
      body.parts.push_back(header.deflated(body.sum, *deflater));
      samples.append_deflated(body.parts, body.sum, *deflater);
    } else {
      body.parts.push_back(text);
      samples.append_text(body.parts);
    }
  }
  return body;
}

}  // namespace iothub
