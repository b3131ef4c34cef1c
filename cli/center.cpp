#include "cli/center.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "actors/batch/forecast.hpp"
#include "cli/center_settings.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/read_models.hpp"
#include "cli/service_settings.hpp"
#include "cli/start_failure.hpp"
#include "http/aicenter/array_settlements.hpp"
#include "http/aicenter/authentication.hpp"
#include "http/aicenter/job_mailer.hpp"
#include "http/aicenter/slurm_tokens.hpp"

namespace orrery {

namespace {

using aicenter::ArraySettlements;
using aicenter::FileStore;

constexpr std::chrono::seconds beat{1};
/// Beats between looks for uploads that nobody goes on with.
constexpr unsigned beats_between_expiries = 3'600;

/// Tells those whose time is over.
class Ticks {
 public:
  Ticks(ArraySettlements& arrays, FileStore& files, const Clock& clock)
      : arrays_(arrays),
        files_(files),
        clock_(clock),
        thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

 private:
  void run(const std::stop_token& stopping) {
    for (unsigned beats = 0; !stopping.stop_requested(); ++beats) {
      if (beats % beats_between_expiries == 0) files_.expire(clock_.now());
      arrays_.on_time(clock_.now());
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stopping, beat, [] { return false; });
    }
  }

  ArraySettlements& arrays_;
  FileStore& files_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  /// The last, so that it ends before what it uses goes.
  std::jthread thread_;
};

aicenter::FileStoreConfiguration checked(const Configuration& configuration) {
  auto store = file_store_configuration(configuration);
  std::error_code failure;
  std::filesystem::create_directories(store.home.parent_path(), failure);
  if (!failure) return store;
  throw StartFailure{exit_data_directory,
                     fmt::format("{}: {}", store.home.string(), failure.message())};
}

}  // namespace

struct Center::Parts {
  Parts(const Configuration& configuration, ServerStorage& storage, const ReadModels& models,
        MailSender* mail)
      : tokens(center_tokens(configuration, storage.ids)),
        files(checked(configuration)),
        mailer({storage.log.get(), &models.jobs, &models.center, storage.subject_keys.get(), mail,
                configuration.aicenter_cluster}) {}

  batch::ForecastBoard forecasts{[] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }};
  ArraySettlements arrays;
  std::unique_ptr<aicenter::SlurmTokens> tokens;
  FileStore files;
  aicenter::JobMailer mailer;
  AicenterContext context;
  std::optional<Ticks> ticks;

  /// A user is erased by an event first, and by his key and files then: a kill between them leaves
  /// those.
  void finish_erasures(const CenterView& center, SubjectKeys& keys) {
    for (const auto& name : center.erased()) {
      if (!keys.erase(aicenter::sealing_subject(name)))
        log_warning(
            fmt::format("the key of the center's user {}, who was erased, cannot be erased", name));
      files.erase(name);
    }
  }
};

Center::Center(const Configuration& configuration, ServerStorage& storage, const ReadModels& models,
               MailSender* mail) try
    : parts_(std::make_unique<Parts>(configuration, storage, models, mail)) {
  parts_->finish_erasures(models.center, *storage.subject_keys);
  auto& context = parts_->context;
  context.log = storage.log.get();
  context.identity = &models.identity;
  context.jobs = &models.jobs;
  context.center = &models.center;
  context.nodes = &models.nodes;
  context.forecasts = &parts_->forecasts;
  context.arrays = &parts_->arrays;
  context.tokens = parts_->tokens.get();
  context.files = &parts_->files;
  context.subject_keys = storage.subject_keys.get();
  context.clock = &storage.clock;
  context.ids = &storage.ids;
  context.secret = storage.edge_secret;
  context.cluster = configuration.aicenter_cluster;
  context.host = host_name();
  context.started_s =
      std::chrono::floor<std::chrono::seconds>(storage.clock.now().time_since_epoch()).count();
} catch (const std::system_error& failure) {
  throw StartFailure{exit_data_directory, fmt::format("people's files: {}", failure.what())};
}

Center::~Center() { close(); }

batch::ForecastBoard* Center::forecasts() { return &parts_->forecasts; }

std::vector<CommitListener*> Center::listeners() { return {&parts_->arrays, &parts_->mailer}; }

void Center::open(CommandGateway& gateway, EventFeed& feed) {
  parts_->context.feed = &feed;
  parts_->context.gateway = &gateway;
  parts_->ticks.emplace(parts_->arrays, parts_->files, *parts_->context.clock);
}

void Center::close() { parts_->ticks.reset(); }

const AicenterContext& Center::context() const { return parts_->context; }

}  // namespace orrery
