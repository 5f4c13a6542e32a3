/* Search over sections, from a folder too: the index is a script that is loaded at the first search. */
(() => {
  const root = document.documentElement.dataset.content_root;
  const most = 20;
  let rows = null, box;

  window.bookSections = (found) => {
    rows = found.map(([place, page, title, words]) => ({
      place, page, title, words, glossary: place.startsWith("glossary.html#"),
      low: [title.toLowerCase(), words.toLowerCase(), page.toLowerCase()],
    }));
    search();
  };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  /* A word without its plural's s: the glossary's entries are singular. */
  const single = (term) => (/[^s]s$/.test(term) && term.length > 3 ? term.slice(0, -1) : term);

  /* How well a section answers, 0 where a word is missing: its title counts most, its page's title least. */
  const worth = (row, terms, whole) => {
    let sum = 0;
    for (const term of terms) {
      const [title, words, page] = row.low;
      const named = title.includes(row.glossary ? single(term) : term);
      const points = (named ? 20 : 0) + Math.min(words.split(term).length - 1, 5) + (page.includes(term) ? 1 : 0);
      if (!points) return 0;
      sum += points;
    }
    const [title] = row.low;
    if (title === whole || (row.glossary && title === single(whole))) sum += 100;
    else if (title.startsWith(whole)) sum += 30;
    // An entry of the glossary answers what a word means: first, if the word is its own.
    return sum + (row.glossary && terms.every((term) => title.includes(single(term))) ? 1000 : 0);
  };

  const excerpt = (row, terms) => {
    const places = terms.map((term) => row.low[1].indexOf(term)).filter((place) => place >= 0);
    const start = Math.max(0, Math.min(...(places.length ? places : [0])) - 60);
    const text = (start ? "…" : "") + row.words.slice(start, start + 200) + (start + 200 < row.words.length ? "…" : "");
    const safe = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return text.split(new RegExp(`(${safe.join("|")})`, "i")).map((part, i) => (i % 2 ? element("mark", {}, part) : part));
  };

  function search() {
    const whole = box.input.value.trim().toLowerCase();
    const terms = whole.split(/\s+/).filter(Boolean);
    box.list.replaceChildren();
    if (!rows || whole.length < 2) { box.said.textContent = rows ? "" : "The index is being read."; return; }
    const found = rows.map((row) => [worth(row, terms, whole), row]).filter(([points]) => points);
    found.sort(([a, x], [b, y]) => b - a || (x.place < y.place ? -1 : 1));
    box.said.textContent = found.length ? `${found.length} section${found.length > 1 ? "s" : ""}` : "Nothing found.";
    for (const [, row] of found.slice(0, most)) {
      const link = element("a", { href: root + row.place }, element("b", {}, row.title));
      const where = row.title === row.page ? [] : [element("span", {}, row.page)];
      link.append(...where, element("p", {}, ...excerpt(row, terms)));
      link.addEventListener("click", () => box.dialog.close());
      box.list.append(element("li", {}, link));
    }
  }

  const open = () => {
    box.dialog.showModal();
    box.input.select();
    if (rows === null && !document.querySelector("script[data-sections]")) {
      const script = element("script", { src: `${root}_static/sections.js`, "data-sections": "" });
      script.addEventListener("error", () => { box.said.textContent = "The index could not be read."; });
      document.head.append(script);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const input = element("input", { type: "search", "aria-label": "Search the book", placeholder: "receptive field, stride, softmax …", autocomplete: "off" });
    const close = element("button", { type: "button" }, "Close");
    const said = element("p", { role: "status" }), list = element("ol");
    const dialog = element("dialog", { class: "book-search", "aria-label": "Search the book" }, element("div", {}, input, close), said, list);
    document.body.append(dialog);
    box = { dialog, input, said, list };
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    let waiting;
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 80); });
    dialog.addEventListener("keydown", (event) => {
      const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
      if (event.key === "Escape") dialog.close(); // a search field would only be emptied
      else if (event.key === "Enter" && document.activeElement === input && links.length) links[0].click();
      else if (event.key === "ArrowDown" && links[at + 1]) links[at + 1].focus();
      else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] || input).focus();
      else return;
      event.preventDefault();
    });
    for (const bar of document.querySelectorAll(".header-right")) {
      const button = element("button", { type: "button", class: "book-find book-lens", "aria-label": "Search the book" });
      button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="10" cy="10" r="6"/><path d="m15 15 6 6"/></svg>';
      bar.prepend(button);
    }
    for (const button of document.querySelectorAll(".book-find")) {
      button.hidden = false;
      button.addEventListener("click", open);
    }
    document.addEventListener("keydown", (event) => {
      const writing = event.target.closest && event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), select, textarea, [contenteditable]");
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !writing && !dialog.open) {
        event.preventDefault();
        open();
      }
    });
  });
})();
