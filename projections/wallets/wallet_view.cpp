#include "projections/wallets/wallet_view.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <tuple>

#include "events/archive.hpp"
#include "projections/runtime/writer_first_mutex.hpp"
#include "projections/wallets/wallet_books.hpp"

namespace orrery {

struct WalletView::State {
  mutable WriterFirstMutex mutex;
  WalletBooks books;
};

WalletView::WalletView() : state_(std::make_unique<State>()) {}
WalletView::~WalletView() = default;

std::optional<WalletDetails> WalletView::find(std::string_view namespace_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto* wallet = state_->books.wallet(namespace_id);
  return wallet ? std::optional(wallet->details) : std::nullopt;
}

std::vector<WalletDetails> WalletView::all() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<WalletDetails> all;
  for (const auto& [id, wallet] : state_->books.wallets()) all.push_back(wallet.details);
  return all;
}

std::vector<WalletDetails> WalletView::of_account(std::string_view account_id) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<WalletDetails> own;
  for (const auto& [id, wallet] : state_->books.wallets())
    if (!account_id.empty() && wallet.details.account_id == account_id)
      own.push_back(wallet.details);
  return own;
}

std::vector<CouponDetails> WalletView::coupons(std::string_view namespace_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto* wallet = state_->books.wallet(namespace_id);
  if (!wallet) return {};
  auto coupons = wallet->coupons;
  std::ranges::sort(coupons, {}, [](const CouponDetails& coupon) {
    return std::tie(coupon.expires_at_s, coupon.left_fen, coupon.coupon_id);
  });
  return coupons;
}

std::int64_t WalletView::usable_coupons_fen(std::string_view namespace_id,
                                            std::int64_t at_s) const {
  const std::shared_lock lock(state_->mutex);
  const auto* wallet = state_->books.wallet(namespace_id);
  std::int64_t sum = 0;
  if (!wallet || wallet->details.in_debt()) return sum;
  for (const auto& coupon : wallet->coupons)
    if (coupon.is_usable(at_s)) sum += coupon.left_fen;
  return sum;
}

std::optional<OrderDetails> WalletView::order(std::string_view order_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto* found = state_->books.order(order_id);
  return found ? std::optional(*found) : std::nullopt;
}

std::optional<OrderDetails> WalletView::order_of_instance(std::string_view instance_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto* found = state_->books.order_of_instance(instance_id);
  return found ? std::optional(*found) : std::nullopt;
}

std::vector<OrderDetails> WalletView::orders(std::string_view namespace_id, Position before,
                                             std::size_t order_count_max) const {
  const std::shared_lock lock(state_->mutex);
  const auto* wallet = state_->books.wallet(namespace_id);
  if (!wallet) return {};
  const auto& ids = wallet->orders;
  auto id = std::ranges::partition_point(
      ids, [&](const std::string& each) { return state_->books.order(each)->position < before; });
  std::vector<OrderDetails> orders;
  while (id != ids.begin() && orders.size() < order_count_max)
    orders.push_back(*state_->books.order(*--id));
  return orders;
}

std::vector<BillLine> WalletView::bill(std::string_view namespace_id,
                                       const BillQuery& query) const {
  const std::shared_lock lock(state_->mutex);
  const auto* wallet = state_->books.wallet(namespace_id);
  if (!wallet) return {};
  std::vector<BillLine> lines;
  const auto range = wallet->bill.find(query);
  for (auto i = range.first; i < range.last; ++i) lines.push_back(state_->books.line(*wallet, i));
  return lines;
}

void WalletView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->books.fold(event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          state_->books.fold(event, recorded);
        }
      },
      recorded.event);
}

void WalletView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(state_->books);
}

void WalletView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  reader(loaded->books);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
