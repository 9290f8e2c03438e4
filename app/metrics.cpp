#include "app/metrics.hpp"

#include "app/metric_families.hpp"
#include "app/process_stats.hpp"
#include "app/version.hpp"
#include "cluster/raft_version.hpp"
#include "engine/rejection.hpp"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <utility>

namespace cavea::app {
namespace {

double as_double(const engine::Counter& counter) {
  return static_cast<double>(counter.value());
}

double as_double(const engine::Gauge& gauge) {
  return static_cast<double>(gauge.value());
}

double seconds_since_epoch() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

void add_build(MetricFamilies& to, bool is_ready) {
  to.gauge("cavea_build_info", "Version of the program and of the consensus library; always 1.")
      .add(
          1,
          {{"version", std::string(version)},
           {"commit", std::string(git_commit)},
           {"raft", cluster::raft_version_text(cluster::raft_version_number())}});
  to.gauge("cavea_ready", "Whether the node takes commands.").add(is_ready ? 1 : 0);
}

/// Without the routes that nobody asked for yet.
void add_requests(MetricFamilies& to, const http::Totals& totals) {
  auto requests = to.counter("cavea_http_requests_total", "Answered requests by route and code.");
  for (const auto& route : totals.routes) {
    for (std::size_t i = 0; i < route.by_status.size(); ++i) {
      if (route.by_status[i] == 0) continue;
      requests.add(
          static_cast<double>(route.by_status[i]),
          {{"method", std::string(http::name_of(route.method))},
           {"route", std::string(route.pattern)},
           {"code", fmt::format("{}", http::status_lines[i].status)}});
    }
  }
  auto latency = to.histogram(
      "cavea_http_request_duration_seconds",
      "From the first byte of a request to its answer, by route.");
  for (const auto& route : totals.routes) {
    std::uint64_t count = 0;
    for (const auto in_bucket : route.latency_counts) count += in_bucket;
    if (count == 0) continue;
    latency.add_histogram(
        route.latency_counts,
        route.latency_sum_us,
        {{"method", std::string(http::name_of(route.method))},
         {"route", std::string(route.pattern)}});
  }
}

void add_connections(MetricFamilies& to, const http::Totals& totals) {
  const auto counter = [&](std::string name, std::string help, std::uint64_t value) {
    to.counter(std::move(name), std::move(help)).add(static_cast<double>(value));
  };
  const auto gauge = [&](std::string name, std::string help, std::int64_t value) {
    to.gauge(std::move(name), std::move(help)).add(static_cast<double>(value));
  };
  gauge("cavea_http_connections", "Open connections.", totals.connections);
  gauge("cavea_http_requests_in_flight", "Requests that wait for an actor.", totals.in_flight);
  gauge("cavea_http_seat_feed_viewers", "Seat feeds being watched.", totals.streams);
  gauge("cavea_http_inbox_viewers", "Inboxes being watched.", totals.inbox_streams);
  counter(
      "cavea_http_connections_accepted_total", "Connections accepted.", totals.connections_total);
  counter(
      "cavea_http_connections_refused_total",
      "Connections over the limit.",
      totals.connections_refused);
  counter(
      "cavea_http_client_timeouts_total",
      "Clients that sent or read too slowly.",
      totals.client_timeouts);
  counter(
      "cavea_http_answer_timeouts_total",
      "Requests that no actor answered in time.",
      totals.answer_timeouts);
  counter(
      "cavea_http_answers_unclaimed_total",
      "Answers that came after their client had gone.",
      totals.answers_unclaimed);
  counter(
      "cavea_http_seat_feed_snapshots_total", "Snapshots sent to viewers.", totals.feed_snapshots);
  counter("cavea_http_seat_feed_deltas_total", "Deltas sent to viewers.", totals.feed_deltas);
}

void add_notices(MetricFamilies& to, const http::PaymentNoticeProbe& probe) {
  to.counter(
        "cavea_payment_notices_total",
        "Notices of the payment provider by outcome; it sends those of not_now again.")
      .add(as_double(probe.taken), {{"outcome", "taken"}})
      .add(as_double(probe.refused), {{"outcome", "refused"}})
      .add(as_double(probe.unneeded), {{"outcome", "unneeded"}})
      .add(as_double(probe.not_now), {{"outcome", "not_now"}})
      .add(as_double(probe.invalid), {{"outcome", "invalid"}});
}

/// Rejections that never came are left out, so that the list stays readable.
template <class Counters>
void add_rejections(
    MetricFamilies::Family& family, const std::string& label, const Counters& counters) {
  for (const auto rejection : engine::all_rejections()) {
    const auto& counter = counters[static_cast<std::size_t>(rejection)];
    if (counter.value() == 0) continue;
    family.add(as_double(counter), {{label, std::string(engine::name_of(rejection))}});
  }
}

void add_claims(MetricFamilies& to, const actors::ActorsProbe& probe) {
  auto claims = to.counter(
      "cavea_claims_total",
      "Claims by outcome: held, sold, replayed, or the name of the rejection.");
  claims.add(as_double(probe.claims_held), {{"outcome", "held"}})
      .add(as_double(probe.claims_sold), {{"outcome", "sold"}})
      .add(as_double(probe.claims_replayed), {{"outcome", "replayed"}});
  add_rejections(claims, "outcome", probe.claims_refused);

  to.counter("cavea_commands_total", "Commands of every kind, claims included.")
      .add(as_double(probe.commands));
  auto refused = to.counter("cavea_commands_refused_total", "Refused commands by rejection.");
  add_rejections(refused, "rejection", probe.commands_refused);
}

void add_places(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.gauge("cavea_places", "Places of all offerings by state.")
      .add(as_double(probe.places_free), {{"state", "free"}})
      .add(as_double(probe.places_held), {{"state", "held"}})
      .add(as_double(probe.places_sold), {{"state", "sold"}})
      .add(as_double(probe.places_blocked), {{"state", "blocked"}});
  to.gauge("cavea_holds_open", "Holds that wait for payment.").add(as_double(probe.holds_open));
  to.histogram(
        "cavea_hold_expiry_delay_seconds", "From the deadline of a hold to its places being free.")
      .add_histogram(probe.expiry_delay_us);
}

void add_waiting(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.counter("cavea_waiting_parties_total", "Parties of waiting lists by what became of them.")
      .add(as_double(probe.waiting_joined), {{"event", "joined"}})
      .add(as_double(probe.waiting_granted), {{"event", "granted"}})
      .add(as_double(probe.waiting_ended), {{"event", "left"}});
}

void add_webhooks(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.counter(
        "cavea_webhook_deliveries_total",
        "Attempts to send events to webhooks by result: postponed ones are repeated, failed ones "
        "were given up, missed ones were not kept any more when they were to be sent.")
      .add(as_double(probe.webhook_delivered), {{"result", "delivered"}})
      .add(as_double(probe.webhook_postponed), {{"result", "postponed"}})
      .add(as_double(probe.webhook_given_up), {{"result", "failed"}})
      .add(as_double(probe.webhook_missed), {{"result", "missed"}});
  to.gauge(
        "cavea_webhook_events_pending",
        "Events read for enabled webhooks and not delivered yet; as many as are read at a time.")
      .add(as_double(probe.webhook_events_pending));
  to.gauge("cavea_webhooks", "Webhooks by state.")
      .add(as_double(probe.webhooks_enabled), {{"state", "enabled"}})
      .add(as_double(probe.webhooks_disabled), {{"state", "disabled"}});
}

void add_money(MetricFamilies& to, const engine::BooksByCurrency& money) {
  auto amounts = to.gauge(
      "cavea_money_minor_units",
      "Where captured money is, over all reservations, counted once a minute or less often.");
  auto unbalanced = to.gauge(
      "cavea_money_unbalanced_minor_units",
      "Captured money that is neither in tickets nor refunded, on its way or kept: must be 0.");
  for (const auto& [code, books] : money) {
    const std::string currency(code.view());
    const auto add = [&](const char* where, std::int64_t amount) {
      amounts.add(static_cast<double>(amount), {{"currency", currency}, {"where", where}});
    };
    add("captured", books.captured);
    add("tickets", books.tickets);
    add("refunded", books.refunded);
    add("refunding", books.refunding);
    add("selling", books.selling);
    add("kept", books.kept);
    unbalanced.add(static_cast<double>(books.unbalanced()), {{"currency", currency}});
  }
}

void add_reconciliation(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.counter("cavea_reconciliation_runs_total", "Comparisons of payments with the provider.")
      .add(as_double(probe.reconciliations_done), {{"outcome", "done"}})
      .add(as_double(probe.reconciliations_failed), {{"outcome", "failed"}});
  to.counter("cavea_reconciliation_payments_total", "Payments compared with their reservations.")
      .add(as_double(probe.payments_reconciled));
  auto differences = to.counter(
      "cavea_reconciliation_differences_total",
      "Payments that stood otherwise at the provider, by how; one that nobody repairs is counted "
      "again with every run.");
  for (std::size_t i = 0; i < probe.payments_different.size(); ++i) {
    const auto kind = engine::name_of(static_cast<engine::PaymentDifference>(i));
    differences.add(as_double(probe.payments_different[i]), {{"difference", std::string(kind)}});
  }
  auto repairs =
      to.counter("cavea_reconciliation_repairs_total", "What was done about those differences.");
  for (std::size_t i = 0; i < probe.payments_repaired.size(); ++i) {
    const auto repair = engine::name_of(static_cast<engine::PaymentRepair>(i));
    repairs.add(as_double(probe.payments_repaired[i]), {{"repair", std::string(repair)}});
  }
  to.gauge(
        "cavea_reconciliation_unrepaired",
        "Differences that the last comparison left: must be 0, or somebody has to look.")
      .add(as_double(probe.payments_unrepaired));
  to.gauge(
        "cavea_reconciliation_last_timestamp_seconds",
        "When the last comparison came to its end; 0: none did.")
      .add(as_double(probe.reconciled_at_ms) / 1'000);
}

void add_sink(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.counter(
        "cavea_kafka_events_total",
        "Events for Kafka by result: those of a batch that was not taken are sent again; missed "
        "counts how often some were not kept any more.")
      .add(as_double(probe.sink_taken), {{"result", "taken"}})
      .add(as_double(probe.sink_repeated), {{"result", "repeated"}})
      .add(as_double(probe.sink_missed), {{"result", "missed"}});
  to.gauge("cavea_kafka_entries_behind", "Entries of the log of which Kafka has not been told.")
      .add(as_double(probe.sink_entries_behind));
}

void add_notifications(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.counter("cavea_notifications_total", "What people were told, in their inboxes.")
      .add(as_double(probe.notifications));
  to.counter(
        "cavea_mails_total",
        "Attempts to send mail by outcome: postponed ones are repeated, given_up ones are dead "
        "letters.")
      .add(as_double(probe.mails_delivered), {{"outcome", "delivered"}})
      .add(as_double(probe.mails_postponed), {{"outcome", "postponed"}})
      .add(as_double(probe.mails_given_up), {{"outcome", "given_up"}});
  to.gauge("cavea_mails_sending", "Mails on their way to the mail server.")
      .add(as_double(probe.mails_sending));
}

void add_actors(MetricFamilies& to, const actors::ActorsProbe& probe) {
  to.gauge("cavea_offerings_loaded", "Offerings whose state is in memory.")
      .add(as_double(probe.offerings_loaded));
  to.gauge("cavea_offerings_at_rest", "Offerings in memory that rest without an actor.")
      .add(as_double(probe.offerings_at_rest));
  to.counter("cavea_offerings_activated_total", "Offerings loaded on first use.")
      .add(as_double(probe.offerings_activated));
  to.counter("cavea_offerings_passivated_total", "Offerings that left memory, being idle.")
      .add(as_double(probe.offerings_passivated));
  to.counter("cavea_offerings_restarted_total", "Offerings that came back after their actor died.")
      .add(as_double(probe.offerings_restarted));
  to.gauge("cavea_seat_feed_subscriptions", "Subscriptions of I/O threads to seat feeds.")
      .add(as_double(probe.feeds));
}

void add_queues(
    MetricFamilies& to,
    const actors::ActorsProbe& actors,
    const persistence::JournalProbe& journal) {
  to.gauge("cavea_queue_depth", "What waits in each queue of the node.")
      .add(as_double(actors.commands_waiting), {{"queue", "commands"}})
      .add(as_double(actors.reads_waiting), {{"queue", "reads"}})
      .add(as_double(journal.queue_depth), {{"queue", "journal"}})
      .add(as_double(journal.state.queue_depth), {{"queue", "state"}});
}

void add_consensus(
    MetricFamilies& to, const actors::ActorsProbe& probe, std::uint16_t shard_count) {
  to.gauge("cavea_raft_shards", "Shards of the node.").add(shard_count);
  to.gauge("cavea_raft_shards_leading", "Shards that this node leads.")
      .add(as_double(probe.shards_leading));
  to.counter("cavea_raft_entries_total", "Entries appended to the logs.")
      .add(as_double(probe.entries));
  to.counter("cavea_raft_entry_bytes_total", "Bytes of those entries.")
      .add(as_double(probe.entry_bytes));
  to.counter("cavea_raft_snapshots_total", "Marks set up to which a log may be cut.")
      .add(as_double(probe.snapshots));
  to.counter("cavea_raft_messages_refused_total", "Messages that no correct replica sends.")
      .add(as_double(probe.peer_messages_refused));
  to.counter("cavea_raft_copies_begun_total", "Copies of the state of a shard begun.")
      .add(as_double(probe.copies_begun));
  to.counter("cavea_raft_copies_installed_total", "Copies of the state of a shard installed.")
      .add(as_double(probe.copies_installed));
  to.histogram(
        "cavea_raft_commit_duration_seconds", "From handing an entry to the journal to its commit.")
      .add_histogram(probe.commit_us);
}

void add_journal(
    MetricFamilies& to, const persistence::JournalProbe& probe, std::uint64_t store_bytes) {
  to.histogram("cavea_journal_fsync_duration_seconds", "Time of each write with fsync.")
      .add_histogram(probe.sync_us);
  to.counter("cavea_journal_batches_total", "Batches of log and metadata, with and without fsync.")
      .add(as_double(probe.batches));
  to.counter("cavea_journal_synced_batches_total", "Batches written with fsync.")
      .add(as_double(probe.synced_batches));
  to.counter("cavea_journal_written_bytes_total", "Bytes of log and metadata handed to the store.")
      .add(as_double(probe.bytes));
  to.counter("cavea_state_batches_total", "Batches of changes to the state.")
      .add(as_double(probe.state.batches));
  to.counter(
        "cavea_state_written_bytes_total", "Bytes of changes to the state handed to the store.")
      .add(as_double(probe.state.bytes));
  to.gauge("cavea_store_size_bytes", "Bytes of all files of the store.")
      .add(static_cast<double>(store_bytes));
}

void add_changes(MetricFamilies& to, const MetricSources& sources, const http::Totals& totals) {
  to.gauge("cavea_changes_kept_entries", "Entries of the logs that can be read again.")
      .add(as_double(sources.actors.turns_kept));
  to.gauge("cavea_changes_kept_bytes", "About what the logs take on the disk and in memory.")
      .add(static_cast<double>(sources.log_bytes()));
  if (const auto oldest = sources.oldest_change()) {
    to.gauge("cavea_changes_oldest_seconds", "Age of the oldest change that can be read again.")
        .add(seconds_since_epoch() - static_cast<double>(oldest->ms) / 1'000);
  }
  to.gauge("cavea_changes_followers", "Followers of the event feed over Server-Sent Events.")
      .add(static_cast<double>(totals.change_streams));
}

/// Named as every Prometheus client names them, so that common dashboards work.
void add_process(MetricFamilies& to, double started_at) {
  const auto stats = read_process_stats();
  to.gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
      .add(static_cast<double>(stats.resident_bytes));
  to.gauge("process_open_fds", "Number of open file descriptors.")
      .add(static_cast<double>(stats.open_files));
  to.gauge("process_max_fds", "Maximum number of open file descriptors.")
      .add(static_cast<double>(stats.open_files_max));
  to.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
      .add(stats.cpu_seconds);
  to.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
      .add(started_at);
  to.gauge("cavea_uptime_seconds", "Since the node was put together.")
      .add(seconds_since_epoch() - started_at);
}

}  // namespace

Metrics::Metrics(MetricSources sources)
    : sources_(std::move(sources)), started_at_(seconds_since_epoch()) {}

std::vector<prometheus::MetricFamily> Metrics::Collect() const {
  MetricFamilies families;
  const auto totals = sources_.http();
  add_build(families, sources_.is_ready());
  add_requests(families, totals);
  add_connections(families, totals);
  add_notices(families, sources_.notices);
  add_claims(families, sources_.actors);
  add_places(families, sources_.actors);
  add_waiting(families, sources_.actors);
  add_webhooks(families, sources_.actors);
  add_sink(families, sources_.actors);
  add_money(families, sources_.money());
  add_reconciliation(families, sources_.actors);
  add_notifications(families, sources_.actors);
  add_actors(families, sources_.actors);
  add_queues(families, sources_.actors, sources_.journal);
  add_consensus(families, sources_.actors, sources_.shard_count);
  add_journal(families, sources_.journal, sources_.store_bytes());
  add_changes(families, sources_, totals);
  add_process(families, started_at_);

  // A family without a value yet (no request so far) has nothing to show.
  auto all = families.take();
  std::erase_if(all, [](const auto& family) { return family.metric.empty(); });
  return all;
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(Collect());
}

}  // namespace cavea::app
