#include "http/server/router.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace orrery {

namespace {

constexpr std::size_t method_count = static_cast<std::size_t>(Method::other);

/// Takes the first segment off a path that starts with "/".
std::string_view take_segment(std::string_view& path) {
  const auto end = std::min(path.find('/', 1), path.size());
  const auto segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

struct Router::Node {
  struct Route {
    std::uint32_t index = no_route;
    Handler handler;
  };
  /// Children by the literal text of their segment.
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  /// Children by the suffix of their placeholder, longest first; mostly one with no suffix.
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> placeholders;
  /// Takes all that is left of a path, where nothing else does.
  std::unique_ptr<Node> tail;
  std::array<Route, method_count> routes;
  /// Empty where no route ends here.
  std::string allow;

  static Node& child(std::vector<std::pair<std::string, std::unique_ptr<Node>>>& children,
                     std::string_view key) {
    for (const auto& [name, node] : children)
      if (name == key) return *node;
    children.emplace_back(key, std::make_unique<Node>());
    return *children.back().second;
  }

  const Node* find(std::string_view path, std::vector<std::string_view>& parameters) const {
    if (path.empty()) return allow.empty() ? nullptr : this;
    const auto rest = path.substr(1);
    const auto segment = take_segment(path);
    for (const auto& [name, node] : literals)
      if (name == segment)
        if (const auto* found = node->find(path, parameters)) return found;
    for (const auto& [suffix, node] : placeholders) {
      if (segment.size() <= suffix.size() || !segment.ends_with(suffix)) continue;
      parameters.push_back(segment.substr(0, segment.size() - suffix.size()));
      if (const auto* found = node->find(path, parameters)) return found;
      parameters.pop_back();
    }
    if (!tail || rest.empty()) return nullptr;
    parameters.push_back(rest);
    return tail.get();
  }

  void describe_allowed() {
    allow.clear();
    for (std::size_t i = 0; i < method_count; ++i) {
      const auto method = static_cast<Method>(i);
      const bool known = routes[i].handler || method == Method::options ||
                         (method == Method::head && routes[0].handler);
      if (!known) continue;
      if (!allow.empty()) allow += ", ";
      allow += to_string(method);
    }
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Handler handler, Patience patience) {
  if (!pattern.starts_with('/') || method == Method::other)
    throw std::logic_error("not a route: " + std::string(pattern));
  auto* node = root_.get();
  for (auto rest = pattern; !rest.empty();) {
    const auto segment = take_segment(rest);
    if (!segment.starts_with('{')) {
      node = &Node::child(node->literals, segment);
      continue;
    }
    if (segment.ends_with("...}")) {
      if (!rest.empty()) throw std::logic_error("not a route: " + std::string(pattern));
      if (!node->tail) node->tail = std::make_unique<Node>();
      node = node->tail.get();
      continue;
    }
    auto& children = node->placeholders;
    node = &Node::child(children, segment.substr(segment.find('}') + 1));
    std::stable_sort(children.begin(), children.end(), [](const auto& left, const auto& right) {
      return left.first.size() > right.first.size();
    });
  }
  auto& route = node->routes[static_cast<std::size_t>(method)];
  if (route.handler) throw std::logic_error("added twice: " + std::string(pattern));
  route = {static_cast<std::uint32_t>(routes_.size()), std::move(handler)};
  node->describe_allowed();
  routes_.push_back({method, std::string(pattern), patience});
}

void Router::fallback(std::string_view prefix, Handler handler) {
  fallbacks_.emplace_back(prefix, std::move(handler));
  std::stable_sort(fallbacks_.begin(), fallbacks_.end(), [](const auto& left, const auto& right) {
    return left.first.size() > right.first.size();
  });
}

Router::Match Router::match(Method method, std::string_view path,
                            std::vector<std::string_view>& parameters) const {
  parameters.clear();
  const auto* node = path.starts_with('/') ? root_->find(path, parameters) : nullptr;
  if (node == nullptr) return {fallback_of(path), no_route, 404, {}};
  if (method != Method::other) {
    const auto* route = &node->routes[static_cast<std::size_t>(method)];
    if (!route->handler && method == Method::head)
      route = &node->routes[static_cast<std::size_t>(Method::get)];
    if (route->handler) return {&route->handler, route->index, 0, node->allow};
  }
  return {fallback_of(path), no_route, 405, node->allow};
}

const Handler* Router::fallback_of(std::string_view path) const {
  for (const auto& [prefix, handler] : fallbacks_)
    if (path.starts_with(prefix) &&
        (path.size() == prefix.size() || prefix.empty() || path[prefix.size()] == '/'))
      return &handler;
  return nullptr;
}

const std::vector<Router::Route>& Router::routes() const { return routes_; }

}  // namespace orrery
