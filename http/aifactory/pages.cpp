#include <algorithm>

#include <boost/json/object.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/resources.hpp"
#include "http/native/documents.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

void show_root(const Context& context, const Request&, const Caller&, const Reply& reply) {
  reply(ok(json::object{{"service", "AI Factory Server Service"},
                        {"version", "1.0.0"},
                        {"status", "running"},
                        {"node", context->node},
                        {"job_id", "unknown"},
                        {"docs", "/docs"}}));
}

void show_health(const Context&, const Request&, const Caller&, const Reply& reply) {
  reply(ok(json::object{{"status", "healthy"}}));
}

void show_document(const Context&, const Request&, const Caller&, const Reply& reply) {
  const auto documents = openapi_documents();
  const auto found = std::find_if(documents.begin(), documents.end(), [](const auto& document) {
    return document.name == "aifactory";
  });
  if (found == documents.end()) return reply(not_found("Not Found"));
  reply(ok(std::string(found->json)));
}

/// The operations of the document as a page, drawn in the browser from /openapi.json: it loads
/// nothing from anywhere else.
constexpr std::string_view docs_page = R"html(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>AI Factory Server Service - API</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
td { padding: .2rem 1rem .2rem 0; vertical-align: top; }
</style>
<h1>AI Factory Server Service</h1>
<p>The whole description is <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<table id="operations"></table>
<script>
fetch('/openapi.json').then(answer => answer.json()).then(api => {
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const row = document.getElementById('operations').insertRow();
      const code = row.insertCell().appendChild(document.createElement('code'));
      code.textContent = method.toUpperCase() + ' ' + path;
      row.insertCell().textContent = operation.summary;
    }
});
</script>
)html";

void show_docs(const Context&, const Request&, const Caller&, const Reply& reply) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = docs_page;
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src "
      "'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  reply(std::move(response));
}

}  // namespace

void add_pages(Routes& routes) {
  routes.add_page("/", show_root);
  routes.add_page("/health", show_health);
  routes.add_page("/docs", show_docs);
  routes.add_page("/redoc", show_docs);
  routes.add_page("/openapi.json", show_document);
}

}  // namespace orrery::aifactory
