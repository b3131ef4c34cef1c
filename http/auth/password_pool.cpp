#include "http/auth/password_pool.hpp"

#include <exception>
#include <stdexcept>

#include <sodium.h>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace orrery {

struct PasswordPool::Threads {
  explicit Threads(unsigned count) : pool(count) {}
  boost::asio::thread_pool pool;
};

PasswordPool::PasswordPool(PasswordPoolConfiguration configuration)
    : configuration_(configuration) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  hash_of_nobody_ = hash("nobody's password");
  threads_ = std::make_unique<Threads>(configuration.thread_count);
}

PasswordPool::~PasswordPool() { threads_->pool.join(); }

bool PasswordPool::run(std::function<void()> job) {
  if (job_count_.fetch_add(1) >= configuration_.job_count_max) {
    job_count_.fetch_sub(1);
    return false;
  }
  boost::asio::post(threads_->pool, [job = std::move(job)]() mutable {
    try {
      job();
    } catch (const std::exception&) {
      // Whoever was told has failed: his responder goes away unanswered, which is a 500.
      return;
    }
  });
  return true;
}

bool PasswordPool::verify(std::string hash, std::string password, std::function<void(bool)> done) {
  return run([this, hash = std::move(hash), password = std::move(password),
              done = std::move(done)]() mutable {
    const bool nobody = hash.empty();
    const auto& expected = nobody ? hash_of_nobody_ : hash;
    const bool fits =
        crypto_pwhash_str_verify(expected.c_str(), password.data(), password.size()) == 0;
    sodium_memzero(password.data(), password.size());
    job_count_.fetch_sub(1);
    verified_count_.fetch_add(1);
    done(fits && !nobody);
  });
}

bool PasswordPool::hash(std::string password, std::function<void(std::string)> done) {
  return run([this, password = std::move(password), done = std::move(done)]() mutable {
    std::string text;
    try {
      text = hash(password);
    } catch (const std::bad_alloc&) {
      // No memory for it now: the empty text says so.
    }
    sodium_memzero(password.data(), password.size());
    job_count_.fetch_sub(1);
    hashed_count_.fetch_add(1);
    done(std::move(text));
  });
}

std::string PasswordPool::hash(const std::string& password) const {
  std::string text(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(text.data(), password.data(), password.size(),
                        configuration_.operation_limit, configuration_.memory_bytes) != 0)
    throw std::bad_alloc();
  text.resize(text.find('\0'));
  return text;
}

}  // namespace orrery
