/* The reader's place, a button that forgets it, and what a wide picture needs for the keyboard. */
document.addEventListener("DOMContentLoaded", () => {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const article = document.querySelector("article");
  const page = location.pathname.slice(root.pathname.length) || "index.html";
  let reading = true;

  // Last read: shown on every other page; a chapter's place is its section.
  const last = window.bookMemory.get("place");
  const shown = document.querySelector(".book-place");
  if (last && last.page !== page && shown) {
    const link = shown.querySelector("a");
    link.href = new URL(last.page + (last.section ? "#" + last.section : ""), root).href;
    link.textContent = last.title;
    shown.hidden = false;
  }
  const heading = (section) => {
    const title = section.querySelector("h1, h2, h3, h4");
    return title ? title.firstChild.textContent.trim() : "";
  };
  const sections = [...article.querySelectorAll("section[id]")];
  const keep = () => {
    if (!reading || page === "index.html" || !sections.length) return;
    const above = sections.filter((each) => each.getBoundingClientRect().top < innerHeight / 3);
    const here = above.at(-1) || sections[0];
    const chapter = heading(sections[0]);
    const title = here === sections[0] ? chapter : `${chapter}: ${heading(here)}`;
    window.bookMemory.set("place", { page, section: here === sections[0] ? "" : here.id, title });
  };
  let waiting;
  addEventListener("scroll", () => { clearTimeout(waiting); waiting = setTimeout(keep, 300); }, { passive: true });
  addEventListener("pagehide", keep);

  const memory = document.querySelector(".book-memory");
  if (memory) {
    memory.hidden = false;
    memory.querySelector("button").addEventListener("click", () => {
      reading = false;
      window.bookMemory.forget();
      document.dispatchEvent(new Event("book-forgotten"));
      if (shown) shown.hidden = true;
      memory.querySelector("[role=status]").textContent = "Forgotten.";
    });
  }

  // What scrolls sideways can be reached by keyboard, only while it scrolls, and fades where it goes on.
  const wide = "pre, .book-scroll, .book-formula, .table-wrapper, .output";
  const fade = (box) => box.classList.toggle("book-more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  const look = () => {
    for (const box of article.querySelectorAll(wide)) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      fade(box);
    }
  };
  look();
  addEventListener("resize", look);
  addEventListener("load", look);
  article.addEventListener("toggle", look, true);
  article.addEventListener("scroll", (event) => fade(event.target), { capture: true, passive: true });

  // A link into what is folded opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  open();
  addEventListener("hashchange", open);

  // A page on paper shows everything; a fold that was closed closes again.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...article.querySelectorAll("details:not([open], .hide)")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
});
