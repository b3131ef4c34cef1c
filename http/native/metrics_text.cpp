#include "http/native/metrics_text.hpp"

#include <limits>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "http/gpushare/dispatcher.hpp"
#include "http/mail/mail_sender.hpp"
#include "http/upstream/upstream_client.hpp"
#include "http/webhooks/webhook_delivery.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/services/service_view.hpp"

namespace orrery {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  auto result = family(std::move(name), std::move(help), type);
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  result.metric.push_back(std::move(metric));
  return result;
}

Labels labels_of(const std::vector<Router::Route>& routes, std::size_t index) {
  if (index >= routes.size()) return {{"method", ""}, {"route", "none"}};
  return {{"method", std::string(to_string(routes[index].method))},
          {"route", routes[index].pattern}};
}

ClientMetric histogram(const RouteFigures& figures, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  auto& histogram = metric.histogram;
  for (std::size_t i = 0; i < figures.latency_buckets.size(); ++i) {
    histogram.sample_count += figures.latency_buckets[i];
    const bool last = i == latency_bounds_s.size();
    histogram.bucket.push_back(
        {histogram.sample_count,
         last ? std::numeric_limits<double>::infinity() : latency_bounds_s[i]});
  }
  histogram.sample_sum = static_cast<double>(figures.latency_sum_ns) * 1e-9;
  return metric;
}

void add_edge(std::vector<MetricFamily>& families, const EdgeFigures& figures,
              const std::vector<Router::Route>& routes) {
  auto requests = family("orrery_http_requests_total", "Answers by route and class of status.",
                         MetricType::Counter);
  auto latencies = family("orrery_http_request_duration_seconds",
                          "From the end of a request to its answer.", MetricType::Histogram);
  for (std::size_t index = 0; index < figures.routes.size(); ++index) {
    const auto& route = figures.routes[index];
    bool answered = false;
    for (std::size_t status_class = 0; status_class < route.answers_by_class.size();
         ++status_class) {
      const auto count = route.answers_by_class[status_class];
      if (count == 0) continue;
      answered = true;
      ClientMetric metric;
      metric.label = labels_of(routes, index);
      metric.label.push_back({"status", std::to_string(status_class) + "xx"});
      metric.counter.value = static_cast<double>(count);
      requests.metric.push_back(std::move(metric));
    }
    if (answered) latencies.metric.push_back(histogram(route, labels_of(routes, index)));
  }
  families.push_back(std::move(requests));
  families.push_back(std::move(latencies));
  const auto add = [&](const char* name, const char* help, MetricType type, std::uint64_t value) {
    families.push_back(single(name, help, type, static_cast<double>(value)));
  };
  add("orrery_http_connections_open", "Connections open now.", MetricType::Gauge,
      figures.connections_open);
  add("orrery_http_connections_total", "Connections accepted.", MetricType::Counter,
      figures.connections_accepted);
  add("orrery_http_connections_refused_total", "Connections beyond the limit.", MetricType::Counter,
      figures.connections_refused);
  add("orrery_http_requests_refused_total", "Requests broken, too large or too slow.",
      MetricType::Counter, figures.requests_refused);
}

void add_log(std::vector<MetricFamily>& families, const NativeContext& context) {
  const auto add = [&](const char* name, const char* help, MetricType type, double value) {
    families.push_back(single(name, help, type, value));
  };
  add("orrery_log_head_position", "Position of the last event.", MetricType::Gauge,
      static_cast<double>(context.log->head()));
  add("orrery_log_writable", "1 while the log takes writes.", MetricType::Gauge,
      context.log->writable() ? 1 : 0);
  if (context.applied)
    add("orrery_views_applied_position", "Position that every view has folded.", MetricType::Gauge,
        static_cast<double>(context.applied()));
  if (context.feed != nullptr) {
    add("orrery_log_commits_total", "Group commits since the start.", MetricType::Counter,
        static_cast<double>(context.feed->commit_count()));
    add("orrery_log_events_appended_total", "Events appended since the start.", MetricType::Counter,
        static_cast<double>(context.feed->event_count()));
  }
  if (context.resident_actor_count)
    add("orrery_actors_resident", "Aggregates awake now.", MetricType::Gauge,
        static_cast<double>(context.resident_actor_count()));
}

void add_upstream(std::vector<MetricFamily>& families, const UpstreamFigures& figures) {
  const auto add = [&](const char* name, const char* help, std::size_t value) {
    families.push_back(single(name, help, MetricType::Gauge, static_cast<double>(value)));
  };
  add("orrery_upstream_connections_open", "Connections to model servers.",
      figures.connection_count);
  add("orrery_upstream_connections_idle", "Those of them that wait for a request.",
      figures.idle_connection_count);
  add("orrery_upstream_streams_open", "Answers of model servers that go on.", figures.stream_count);
}

void add_fleet(std::vector<MetricFamily>& families, const AvailabilityView& availability) {
  auto all = family("orrery_gpus", "GPUs of a model in a cluster.", MetricType::Gauge);
  auto free =
      family("orrery_gpus_free", "Those on nodes that take work, less what is asked for already.",
             MetricType::Gauge);
  auto waiting = family("orrery_leases_waiting",
                        "Leases without GPUs yet; with an empty model those that take any.",
                        MetricType::Gauge);
  for (const auto& pool : availability.pools()) {
    const auto add = [&](MetricFamily& to, std::uint64_t value) {
      ClientMetric metric;
      metric.label = {{"cluster", pool.cluster}, {"gpu_model", pool.gpu_model}};
      metric.gauge.value = static_cast<double>(value);
      to.metric.push_back(std::move(metric));
    };
    add(all, pool.gpu_count);
    add(free, pool.free_gpu_count);
    add(waiting, pool.waiting_lease_count);
  }
  for (auto* each : {&all, &free, &waiting}) families.push_back(std::move(*each));
}

void add_services(std::vector<MetricFamily>& families, const ServiceView& services) {
  auto by_status =
      family("orrery_services", "Services of each status, ended ones too.", MetricType::Gauge);
  const auto counts = services.counts();
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<ServiceStatus>>(
      [&](const auto& status) {
        ClientMetric metric;
        metric.label = {{"status", status.name}};
        metric.gauge.value = static_cast<double>(counts[static_cast<std::size_t>(status.value)]);
        by_status.metric.push_back(std::move(metric));
      });
  families.push_back(std::move(by_status));
}

void add_questions(std::vector<MetricFamily>& families, const gpushare::DispatchFigures& figures) {
  const auto add = [&](const char* name, const char* help, MetricType type, std::uint64_t value) {
    families.push_back(single(name, help, type, static_cast<double>(value)));
  };
  add("orrery_questions_running", "Questions that nodes of the marketplace have now.",
      MetricType::Gauge, figures.running_count);
  add("orrery_questions_asked_total", "Questions since the start.", MetricType::Counter,
      figures.asked_count);
  add("orrery_questions_answered_total", "Those that were answered.", MetricType::Counter,
      figures.answered_count);
  add("orrery_questions_failed_total", "Those that ended without an answer, or with a part of one.",
      MetricType::Counter, figures.failed_count);
  add("orrery_questions_retried_total", "Those that went to a second node.", MetricType::Counter,
      figures.retried_count);
}

void add_mail(std::vector<MetricFamily>& families, const MailSender::Figures& figures) {
  const auto add = [&](const char* name, const char* help, MetricType type, std::uint64_t value) {
    families.push_back(single(name, help, type, static_cast<double>(value)));
  };
  add("orrery_mails_sent_total", "Mails that a mail server has taken.", MetricType::Counter,
      figures.sent);
  add("orrery_mails_failed_total", "Mails given up, or never taken.", MetricType::Counter,
      figures.failed);
  add("orrery_mails_waiting", "Mails on their way.", MetricType::Gauge, figures.waiting);
}

void add_webhooks(std::vector<MetricFamily>& families, const WebhookFigures& figures) {
  const auto add = [&](const char* name, const char* help, MetricType type, std::uint64_t value) {
    families.push_back(single(name, help, type, static_cast<double>(value)));
  };
  add("orrery_webhook_events_delivered_total", "Events that webhooks' receivers have taken.",
      MetricType::Counter, figures.delivered_event_count);
  add("orrery_webhook_attempts_failed_total", "Requests to webhooks that weren't taken.",
      MetricType::Counter, figures.failed_attempt_count);
  add("orrery_webhook_dead_letters_total", "Events given up after all attempts.",
      MetricType::Counter, figures.dead_letter_count);
  add("orrery_webhooks_failing", "Webhooks whose last request wasn't taken.", MetricType::Gauge,
      figures.failing_count);
  add("orrery_webhooks_behind_events_max",
      "Events between the log's head and the slowest webhook that isn't paused.", MetricType::Gauge,
      figures.behind_max);
}

}  // namespace

std::string metrics_text(const NativeContext& context, const std::vector<Router::Route>& routes,
                         bool for_operator) {
  std::vector<MetricFamily> families;
  if (context.metrics) add_edge(families, context.metrics->figures(), routes);
  add_log(families, context);
  if (context.upstream != nullptr) add_upstream(families, context.upstream->figures());
  if (for_operator && context.availability != nullptr) add_fleet(families, *context.availability);
  if (context.services != nullptr) add_services(families, *context.services);
  if (context.questions != nullptr) add_questions(families, context.questions->figures());
  if (context.mail != nullptr) add_mail(families, context.mail->figures());
  if (context.webhooks != nullptr) add_webhooks(families, context.webhooks->figures());
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace orrery
