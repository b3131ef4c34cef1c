#include <tuple>

#include "actors/wallet/wallet.hpp"

namespace orrery {
namespace {

bool is_usable(const Wallet::Coupon& coupon, std::int64_t at_s) {
  return coupon.remaining_fen > 0 && coupon.expires_at_s > at_s;
}

}  // namespace

const Wallet::Coupons::value_type* paying_coupon(const Wallet::Coupons& coupons,
                                                 const std::string& preferred,
                                                 std::int64_t amount_fen, std::int64_t at_s) {
  if (const auto chosen = coupons.find(preferred);
      chosen != coupons.end() && is_usable(chosen->second, at_s))
    return &*chosen;
  const auto rank = [&](const Wallet::Coupons::value_type& each) {
    const auto& coupon = each.second;
    return std::tuple(coupon.remaining_fen < amount_fen, coupon.expires_at_s, coupon.remaining_fen);
  };
  const Wallet::Coupons::value_type* best = nullptr;
  for (const auto& each : coupons)
    if (is_usable(each.second, at_s) && (best == nullptr || rank(each) < rank(*best))) best = &each;
  return best;
}

}  // namespace orrery
