#include "bench/load/offering_creation.hpp"

#include "bench/load/answer_scan.hpp"
#include "bench/load/house.hpp"
#include "bench/load/load_run.hpp"
#include "engine/ids.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <utility>

namespace cavea::bench {
namespace {

/// Sends prepared requests, each once.
class Creation final : public Workload {
 public:
  Creation(const std::vector<std::string>& requests, std::atomic<std::size_t>& next)
      : requests_(requests), next_(next) {}

  bool next(Task& task) override {
    const auto index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= requests_.size()) return false;
    task.bytes = requests_[index];
    return true;
  }

  Verdict judge(Task&, const Answer& answer) override {
    if (answer.status == 201) return {.outcome = Outcome::confirmed, .problem = {}};
    const auto problem = scan_problem(answer.body);
    if (problem == "id_used") return {.outcome = Outcome::refused, .problem = problem};
    return {};
  }

 private:
  const std::vector<std::string>& requests_;
  std::atomic<std::size_t>& next_;
};

/// So far ahead that no run lasts into it.
std::string start_time() {
  const auto start = std::chrono::system_clock::now() + std::chrono::hours(24 * 30);
  return fmt::format(
      "{:%Y-%m-%dT%H:00:00Z}", fmt::gmtime(std::chrono::system_clock::to_time_t(start)));
}

nlohmann::json offering_json(const std::string& id, const std::string& venue) {
  return {
      {"id", id},
      {"title", "Load of cavea-bench"},
      {"venue", venue},
      {"starts_at", start_time()},
      {"currency", "EUR"}};
}

}  // namespace

std::optional<Trouble> create_venue(
    const Stage& stage, const std::string& id, const nlohmann::json& seat_map) {
  nlohmann::json body{{"id", id}, {"name", "Hall of cavea-bench"}, {"time_zone", "Etc/UTC"}};
  if (!seat_map.is_null()) body["seat_map"] = seat_map;
  const auto answer = stage.api.post("/v1/venues", body);
  if (!answer) return answer.error();
  if (answer->status == 201 || scan_problem(answer->body) == "id_used") return std::nullopt;
  return unexpected_answer("creating venue " + id, answer.value());
}

std::optional<Trouble> create_offerings(
    const Stage& stage, const std::string& path, const std::vector<std::string>& bodies) {
  std::vector<std::string> requests;
  for (const auto& body : bodies) {
    const auto key = fmt::format("{}-offering-{:016x}", stage.run_id, engine::stable_hash(body));
    requests.push_back(stage.api.post_bytes(path, body, key));
  }
  auto plan = stage.plan;
  plan.warm_up = {};
  plan.duration.reset();
  plan.per_second.reset();
  std::atomic<std::size_t> next{0};
  std::vector<std::unique_ptr<Workload>> workloads;
  for (unsigned thread = 0; thread < plan.threads; ++thread) {
    workloads.push_back(std::make_unique<Creation>(requests, next));
  }
  const auto made = run_load(plan, workloads, stage.interrupted, stage.progress);
  if (made.is_interrupted) return Trouble{"interrupted"};
  if (!made.failures.empty()) {
    return Trouble{fmt::format("creating offerings: {}", made.failures.front())};
  }
  return std::nullopt;
}

std::string class_body(
    const std::string& id, const std::string& venue, std::uint64_t capacity, Price price) {
  auto body = offering_json(id, venue);
  body["capacity"] = capacity;
  body["price"] = price;
  return body.dump();
}

std::string performance_body(
    const std::string& id, const std::string& venue, Price price, std::int64_t hold_seconds) {
  auto body = offering_json(id, venue);
  body["prices"][House::zone] = price;
  body["hold_seconds"] = hold_seconds;
  return body.dump();
}

}  // namespace cavea::bench
