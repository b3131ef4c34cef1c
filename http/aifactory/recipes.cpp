#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/resources.hpp"
#include "http/recipes/recipe_book.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

json::object recipe_json(const Recipe& recipe) {
  return {{"name", recipe.name},
          {"category", recipe.category},
          {"description", recipe.description},
          {"version", recipe.version},
          {"path", recipe.path}};
}

void list(const Context& context, const Request&, const Caller&, const Reply& reply) {
  json::array recipes;
  for (const auto& recipe : context->recipes->current()->all)
    recipes.push_back(recipe_json(*recipe));
  reply(ok(recipes));
}

void show(const AifactoryContext& context, std::string_view name, const Reply& reply) {
  const auto recipe = context.recipes->find(name);
  if (!recipe) return reply(not_found("Recipe not found"));
  reply(ok(recipe_json(*recipe)));
}

}  // namespace

void add_recipes(Routes& routes) {
  routes.add(Method::get, "/recipes", list);
  routes.add(Method::get, "/recipes/{recipe_name}",
             [](const Context& context, const Request& request, const Caller&, const Reply& reply) {
               show(*context, request.path_parameters[0], reply);
             });
  routes.add(Method::get, "/recipes/{category}/{recipe_name}",
             [](const Context& context, const Request& request, const Caller&, const Reply& reply) {
               const auto& names = request.path_parameters;
               show(*context, fmt::format("{}/{}", names[0], names[1]), reply);
             });
}

}  // namespace orrery::aifactory
