// The peer of `orrery sim trace --policy fifo`: the same queue in SimGrid's S4U, first come, first
// served, an actor for each running job. Reads the CSV of ElasticFlow's traces, prints the mean
// wait, which must be ours, and how many jobs it simulated in a second of real time.
//
//   simgrid_fifo TRACE.csv GPU_COUNT
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

namespace s4u = simgrid::s4u;

namespace {

struct TracedJob {
  double submit_s = 0;
  double run_s = 0;
  long gpu_count = 0;
};

std::vector<TracedJob> read_jobs(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // Names of columns.
  std::vector<TracedJob> jobs;
  while (std::getline(file, line)) {
    TracedJob job;
    if (std::sscanf(line.c_str(), "%*[^,],%lf,%lf,%ld", &job.submit_s, &job.run_s,
                    &job.gpu_count) == 3)
      jobs.push_back(job);
  }
  return jobs;
}

/// SimGrid runs one actor at a time, so they may share this.
class Queue {
 public:
  Queue(s4u::Host* host, long gpu_count) : host_(host), free_count_(gpu_count) {}

  void submit(const TracedJob& job) {
    waiting_.push_back(&job);
    start_all();
  }

  double wait_s() const { return wait_s_; }

 private:
  void start_all() {
    while (!waiting_.empty() && waiting_.front()->gpu_count <= free_count_) {
      const auto* job = waiting_.front();
      waiting_.pop_front();
      free_count_ -= job->gpu_count;
      wait_s_ += s4u::Engine::get_clock() - job->submit_s;
      s4u::Actor::create("job", host_, [this, job] {
        s4u::this_actor::sleep_for(job->run_s);
        free_count_ += job->gpu_count;
        start_all();
      });
    }
  }

  s4u::Host* host_;
  long free_count_;
  double wait_s_ = 0;
  std::deque<const TracedJob*> waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  if (argc != 3) {
    std::fputs("usage: simgrid_fifo TRACE.csv GPU_COUNT\n", stderr);
    return 2;
  }
  const auto jobs = read_jobs(argv[1]);
  auto* zone = s4u::create_full_zone("cluster");
  auto* host = zone->create_host("scheduler", 1e9)->seal();
  zone->seal();
  const auto start = std::chrono::steady_clock::now();
  Queue queue(host, std::atol(argv[2]));
  s4u::Actor::create("users", host, [&] {
    for (const auto& job : jobs) {
      s4u::this_actor::sleep_until(job.submit_s);
      queue.submit(job);
    }
  });
  engine.run();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  const auto count = static_cast<double>(jobs.size());
  std::printf("{\"jobs\": %zu, \"mean_wait_s\": %.3f, \"elapsed_s\": %.4f, \"jobs_per_s\": %.0f}\n",
              jobs.size(), queue.wait_s() / count, taken.count(), count / taken.count());
  return 0;
}
