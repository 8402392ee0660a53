// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The filter of the page, by words and statuses. The only part that needs a script, and it shows
// itself only where one runs.

#include "reports/html/page.h"

namespace shmspec::reports {

// An element that the filter looks at carries its statuses in `data-status`; a container that is
// useless without such elements carries `data-holds`. The script reads the texts once, when the
// filter is first used: a page may have tens of thousands of lines.
std::string_view PageScript() {
  return R"js(
"use strict";
(() => {
  const bar = document.getElementById("filter");
  const words = bar.querySelector("input[type=search]");
  const boxes = [...bar.querySelectorAll("input[type=checkbox]")];
  const said = bar.querySelector("[role=status]");
  const holders = [...document.querySelectorAll("[data-holds]")].reverse();
  let items = null;
  let opened = [];
  let waiting = false;

  const read = () => [...document.querySelectorAll("[data-status]")].map((element) => ({
    element, text: element.textContent.toLowerCase(),
    statuses: element.dataset.status.split(" "), card: element.matches(".card") }));

  const prepare = () => { items = items || read(); };

  const apply = () => {
    waiting = false;
    prepare();
    const wanted = words.value.toLowerCase().split(/\s+/).filter((word) => word);
    const statuses = boxes.filter((box) => box.checked).map((box) => box.value);
    const idle = wanted.length === 0 && statuses.length === 0;
    const found = { row: 0, card: 0 }, all = { row: 0, card: 0 };
    for (const { element, text, statuses: own, card } of items) {
      const kind = card ? "card" : "row";
      const fits = wanted.every((word) => text.includes(word)) &&
          (statuses.length === 0 || statuses.some((status) => own.includes(status)));
      all[kind] += 1;
      found[kind] += fits ? 1 : 0;
      if (element.hidden === fits) element.hidden = !fits;
    }
    for (const details of opened) details.open = false;
    opened = [];
    for (const holder of holders) {
      const some = idle || holder.querySelector("[data-status]:not([hidden])") !== null;
      if (holder.hidden === some) holder.hidden = !some;
      if (some && !idle && holder.tagName === "DETAILS" && !holder.open) {
        holder.open = true;
        opened.push(holder);
      }
    }
    said.textContent = idle ? "" : `${found.row} of ${all.row} requirements and ${found.card} of ` +
        `${all.card} failures are shown`;
  };

  const soon = () => {
    if (!waiting) requestAnimationFrame(apply);
    waiting = true;
  };
  const clear = () => {
    words.value = "";
    for (const box of boxes) box.checked = false;
    soon();
  };
  // Where a link leads must be there to be seen.
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) {
      clear();
      apply();
    }
    const details = target.querySelector(":scope > details");
    if (details) details.open = true;
    target.scrollIntoView();
  };

  bar.addEventListener("focusin", prepare);
  bar.addEventListener("input", soon);
  bar.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  bar.querySelector("button").addEventListener("click", clear);
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) reveal();
  });
  bar.hidden = false;
  reveal();
})();
)js";
}

namespace {

void WriteFilter(Markup& page, const View&) {
  page << "<div role=\"search\" id=\"filter\" class=\"filter\" aria-label=\"Requirements and "
          "failures\" hidden>\n"
          "<label for=\"filter-words\">Find</label>\n"
          "<input id=\"filter-words\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
          "placeholder=\"words of a requirement or a case\">\n"
          "<fieldset><legend>Only</legend>\n";
  for (const Status status : StatusesWorstFirst()) {
    page << "<label><input type=\"checkbox\" value=\"" << ClassOf(status) << "\"> ";
    WriteStatus(page, status);
    page << "</label>\n";
  }
  page << "</fieldset>\n<button type=\"button\">Show everything</button>\n"
          "<p role=\"status\"></p>\n</div>\n";
}

const internal::PartRegistration registration({.place = 40, .write = &WriteFilter});

}  // namespace
}  // namespace shmspec::reports
