#include "http/aicenter/files/reception.hpp"

#include <atomic>
#include <exception>
#include <utility>

namespace orrery::aicenter {
namespace {

constexpr Fault too_busy{503, "unavailable", "Too many files are being written; try again later."};

class Reception : public std::enable_shared_from_this<Reception> {
 public:
  Reception(FileStore& store, const Clock& clock, ReceptionPlan plan,
            std::shared_ptr<IncomingBody> body, Responder respond)
      : store_(store),
        clock_(clock),
        plan_(std::move(plan)),
        body_(std::move(body)),
        respond_(std::move(respond)) {}

  void start() {
    // Each holds the other until the end, which comes for certain: a body is complete or broken.
    body_->listen([self = shared_from_this()] { self->told(); });
  }

 private:
  /// Whoever finds nobody at work sends somebody.
  void told() {
    if (news_.fetch_add(1) == 0) send();
  }

  void send() {
    auto job = [self = shared_from_this()] { self->work(); };
    if (opened_) return store_.run_on(std::move(job));
    if (store_.run(std::move(job))) return;
    over_ = true;
    respond_(problem(too_busy));
    body_->listen({});
  }

  void work() {
    const auto known = news_.load();
    try {
      if (!over_) go_on();
    } catch (const std::exception&) {
      end(plan_.refused(FileProblem::disk_failed));  // No memory, most likely.
    }
    if (news_.fetch_sub(known) != known) send();
  }

  void go_on() {
    if (!opened_) {
      opened_ = true;
      auto writer = plan_.open();
      if (!writer) return end(plan_.refused(writer.error()));
      writer_ = std::move(*writer);
      if (!writer_) return end(plan_.nothing_to_do());
      if (!plan_.sha256.empty()) writer_->expect(plan_.sha256);
    }
    bytes_.clear();
    const auto state = body_->take(bytes_);
    const auto now = clock_.now();
    if (auto written = writer_->write(bytes_, now); !written) {
      writer_->interrupt(now);
      return end_early(plan_.refused(written.error()));
    }
    if (state == IncomingBody::State::coming) return;
    if (state == IncomingBody::State::broken) {
      writer_->interrupt(now);
      return end_early(problem({400, "body_incomplete", "The body did not come to its end."}));
    }
    const auto committed = writer_->commit(now);
    if (!committed) return end_early(plan_.refused(committed.error()));
    writer_.reset();
    end(plan_.done(*committed));
  }

  void end_early(Response response) {
    writer_.reset();
    if (plan_.ended_early) plan_.ended_early();
    end(std::move(response));
  }

  void end(Response response) {
    over_ = true;
    // Whoever has the answer may write on.
    writer_.reset();
    respond_(std::move(response));
    body_->listen({});
  }

  FileStore& store_;
  const Clock& clock_;
  ReceptionPlan plan_;
  std::shared_ptr<IncomingBody> body_;
  Responder respond_;
  /// What was told and not looked at yet; while there is some, somebody is at work or on the way.
  std::atomic<unsigned> news_ = 0;
  // The rest belongs to whoever is at work, and to nobody else while there is news.
  std::unique_ptr<UploadWriter> writer_;
  std::string bytes_;
  bool opened_ = false, over_ = false;
};

}  // namespace

void receive(FileStore& store, const Clock& clock, ReceptionPlan plan,
             std::shared_ptr<IncomingBody> body, const Responder& respond) {
  std::make_shared<Reception>(store, clock, std::move(plan), std::move(body), respond)->start();
}

}  // namespace orrery::aicenter
