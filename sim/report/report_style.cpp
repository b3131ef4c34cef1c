#include "sim/report/report_style.hpp"

#include <array>

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

namespace orrery {
namespace {

// Colours are those of Okabe and Ito, which people tell apart who see red and green alike, darker
// on white and lighter on black.
constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1c2024; --soft: #5b6570; --rule: #e2e5e9; --grid: #e9ecef;
  --accent: #0b62a8; --best: #0a6b46;
  --c0: #0072b2; --c1: #c14f00; --c2: #007d5c; --c3: #a8478a; --c4: #8a6a00; --c5: #2b8fc4; --c6: #4a4fb0; --c7: #6d6d6d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #1a1d21; --ink: #e8eaed; --soft: #a2abb5; --rule: #30353b; --grid: #2a2f35;
    --accent: #7cc0ff; --best: #5fd3a2;
    --c0: #56a9ec; --c1: #ff9450; --c2: #33c79b; --c3: #e48fc7; --c4: #e0bb3a; --c5: #8fd4f7; --c6: #a3a6ff; --c7: #b3b3b3;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main, body > header, body > footer { max-width: 1360px; margin: 0 auto; padding: 0 clamp(16px, 3vw, 40px); }
body > header { padding-top: 40px; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.15; letter-spacing: -.02em; margin: 0 0 .4em; text-wrap: balance; }
h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 0 0 .6em; }
h3 { font-size: 1rem; margin: 0; }
a { color: var(--accent); }
p { margin: 0 0 .8em; max-width: 75ch; }
.lead { font-size: 1.1rem; color: var(--soft); }
section { margin: 48px 0; scroll-margin-top: 56px; }
section > h3 { margin: 28px 0 6px; }
section + section { border-top: 1px solid var(--rule); padding-top: 40px; }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0 0 1em; padding: 12px 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; white-space: pre-wrap; }

.legend { position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid var(--rule); }
.legend ul, .contents { list-style: none; margin: 0 auto; display: flex; flex-wrap: wrap; gap: 4px 20px; }
.legend ul { max-width: 1360px; padding: 10px clamp(16px, 3vw, 40px); }
.contents { padding: 0; margin: 20px 0 0; }
.legend label { display: inline-flex; align-items: center; gap: 7px; cursor: pointer; }
.legend input { margin: 0; width: 16px; height: 16px; accent-color: var(--c); }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; background: var(--c); flex: none; margin-right: 7px; }
.legend .swatch { margin: 0; }

.facts { display: flex; flex-wrap: wrap; gap: 14px 36px; margin: 0 0 24px; }
.facts dt { font-size: .8rem; color: var(--soft); }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; max-width: 100%; position: relative; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; white-space: nowrap; }
thead th { color: var(--soft); font-size: .8rem; font-weight: 500; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 500; }
.comparison { width: 100%; }
.comparison th:first-child { position: sticky; left: 0; background: var(--page); }
.words th, .words td { text-align: left; } .words td { white-space: normal; }
td small { display: block; color: var(--soft); font-size: .78rem; }
td strong { color: var(--best); font-weight: 700; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 20px; margin-top: 28px; align-items: start; }
figure { margin: 0; padding: 16px 16px 10px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; min-width: 0; }
figcaption p { color: var(--soft); font-size: .85rem; line-height: 1.4; margin: 2px 0 12px; }
details > summary { cursor: pointer; color: var(--soft); font-size: .85rem; padding: 6px 0; }
.table .scroll { max-height: 320px; overflow-y: auto; }
.bad-lines { margin-top: 24px; }

svg { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
svg text { fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .name { fill: var(--ink); }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: var(--grid); stroke-width: 1; }
.area { fill: var(--c); }
.curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.mark { fill: var(--c); stroke: var(--card); stroke-width: 1.5; }
.box, .bar { fill: var(--c); } .paler { fill: var(--c); opacity: .35; }
.whisker { stroke: var(--c); stroke-width: 1.5; }
.median { stroke: var(--ink); stroke-width: 2; }
.dashed.curve { stroke-dasharray: 5 3; }
.recorded { --c: var(--soft); } .recorded.curve { stroke-dasharray: 2 3; }
.s0 { --c: var(--c0); } .s1 { --c: var(--c1); } .s2 { --c: var(--c2); } .s3 { --c: var(--c3); }
.s4 { --c: var(--c4); } .s5 { --c: var(--c5); } .s6 { --c: var(--c6); } .s7 { --c: var(--c7); }
body:has(#show-0:not(:checked)) svg .s0, body:has(#show-1:not(:checked)) svg .s1,
body:has(#show-2:not(:checked)) svg .s2, body:has(#show-3:not(:checked)) svg .s3,
body:has(#show-4:not(:checked)) svg .s4, body:has(#show-5:not(:checked)) svg .s5,
body:has(#show-6:not(:checked)) svg .s6, body:has(#show-7:not(:checked)) svg .s7 { display: none; }

body > footer { color: var(--soft); font-size: .85rem; padding-bottom: 48px; }
@media (max-width: 640px) {
  .legend { position: static; }
  .comparison th:first-child { max-width: 42vw; white-space: normal; }
  section { margin: 32px 0; }
  main, body > header, body > footer { padding-left: 12px; padding-right: 12px; }
  figure { padding: 12px 10px 6px; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; }
  body { font-size: 11px; }
  .legend { position: static; } .legend input, .contents, summary { display: none; }
  .charts { grid-template-columns: repeat(2, 1fr); gap: 12px; }
  .table { display: none; }
  .scroll { overflow: visible; max-height: none; } th, td { padding: 3px 5px; white-space: normal; }
  figure, tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace

std::string_view report_style() { return style; }

std::string report_style_digest() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(style.data()),
                     style.size());
  std::array<char,
             sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      text{};
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return "sha256-" + std::string(text.data());
}

}  // namespace orrery
