#include "platform/doctor/scrape_history.h"

#include <algorithm>

#include "core/check.h"

namespace delta::doctor {

void ScrapeHistory::add(Scrape scrape) {
  CHECK(scrapes_.empty() || scrape.at > newest().at);
  CHECK(scrapes_.empty() || scrape.endpoints.size() >= newest().endpoints.size());
  for (Scrape& before : scrapes_) before.endpoints.resize(scrape.endpoints.size());
  const Duration oldest = scrape.at - kKept;
  scrapes_.push_back(std::move(scrape));
  // One that is older stays: it is what was known then.
  while (scrapes_.size() > 1 && scrapes_[1].at <= oldest) scrapes_.pop_front();
}

std::size_t ScrapeHistory::first_within(Duration window) const {
  const auto first = std::ranges::lower_bound(scrapes_, newest().at - window, {}, &Scrape::at);
  return static_cast<std::size_t>(first - scrapes_.begin());
}

const Scrape* ScrapeHistory::before(Duration age) const {
  const auto after = std::ranges::upper_bound(scrapes_, newest().at - age, {}, &Scrape::at);
  return after == scrapes_.begin() ? nullptr : &*(after - 1);
}

}  // namespace delta::doctor
