/* Moves the explorers of a page. Each begins as its stored picture and words,

     <div class="book-explorer" data-atlas="KEY" data-state="{…}"><figure>…<img>…</figure><p class="book-words">…</p></div>

   and, once the reader comes near, gets its controls from atlas/KEY.js, which lies beside this script. Without
   this script, or where the atlas has another picture than the one stored, it stays as it is. */
(() => {
  "use strict";
  const HERE = new URL("atlas/", document.currentScript.src);
  const NEAR = "800px";
  const LEGIBLE = 9; // pixels of a phone that a picture's words and numbers have at least
  const ONLY = "In the notebook every setting of the explorer can be chosen.";
  const book = (globalThis.CNNBook ??= {});
  const atlases = new Map(); // key -> {promise, done}
  let serial = 0;

  book.atlas = (key, packed) => wanted(key).done(book.readAtlas(packed));

  function wanted(key) {
    if (!atlases.has(key)) {
      const made = {};
      made.promise = new Promise((done, failed) => Object.assign(made, { done, failed }));
      atlases.set(key, made);
    }
    return atlases.get(key);
  }

  function load(key) {
    const known = atlases.has(key), { promise, failed } = wanted(key);
    if (!known) {
      const script = document.createElement("script");
      script.src = new URL(`${key}.js`, HERE);
      script.onerror = () => failed(new Error(`${script.src} cannot be read`));
      document.head.append(script);
    }
    return promise;
  }

  function made(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
    return node;
  }

  const plain = (text) => text.replace(/\s+/g, " ").trim();

  class Player {
    constructor(root, atlas, places) {
      this.root = root;
      this.atlas = atlas;
      this.places = this.start = places;
      this.id = `book-explorer-${++serial}`;
      this.controls = Object.fromEntries(atlas.controls.map((control) => [control.name, this.control(control)]));
      this.build();
      this.show(atlas.rest(places));
    }

    build() {
      const { atlas, root } = this;
      const rows = Object.values(this.controls).map(({ row }) => row);
      this.buttons = Object.fromEntries([...this.steps(), ...this.presets()]);
      const bar = made("span", { class: "book-buttons", role: "group", "aria-label": `${atlas.title}, buttons` }, ...Object.values(this.buttons));
      this.words = root.querySelector(".book-words");
      this.words.id ||= `${this.id}-words`;
      this.words.setAttribute("aria-live", "polite");
      this.code = made("code");
      this.line = made("p", { class: "book-code" }, this.code);
      this.pointed = made("p", { class: "book-pointed", "aria-hidden": "true" });
      this.note = made("p", { class: "book-note", role: "status" });
      const missing = atlas.elsewhere.length && made("p", { class: "book-elsewhere" }, `Only in the notebook: ${atlas.elsewhere.join(", ")}.`);

      const stored = root.querySelector("img");
      const frame = made("div", { class: "book-picture", style: `max-width:${atlas.width}px;min-width:${stored.style.minWidth || 0}` });
      this.picture = book.scene.picture(frame, atlas.size);
      this.picture.svg.setAttribute("aria-labelledby", this.words.id);
      const named = (found) => (this.pointed.textContent = found ? found.label : "");
      const leave = this.picture.point(() => this.spots(), (found) => this.press(found), named);
      stored.replaceWith(frame);
      root.prepend(made("div", { class: "book-controls", oninput: leave, onclick: leave }, ...rows, bar));
      root.querySelector("figure").append(this.pointed);
      this.words.after(this.line, this.note, ...(missing ? [missing] : []));
    }

    /* -- the controls -- */

    control({ name, label, kind, values }) {
      const id = `${this.id}-${name}`, title = made("label", { for: id }, label);
      const row = made("span", { class: "book-control" });
      if (kind === "tick") {
        const main = made("input", { type: "checkbox", id, onchange: () => this.set({ [name]: main.checked }) });
        row.append(main, title);
        return { row, parts: [main], put: (i) => (main.checked = values[i]) };
      }
      if (kind === "choice") {
        const options = values.map((value, i) => made("option", { value: i }, String(value)));
        const main = made("select", { id, onchange: () => this.set({ [name]: values[main.value] }) }, ...options);
        row.append(title, main);
        return { row, parts: [main], put: (i) => (main.value = i) };
      }
      const low = values[0], step = values[1] - low;
      const even = values.every((value, i) => Math.abs(value - low - i * step) < 1e-9) && step;
      const main = made("input", { type: "number", id, min: low, step: even || "any" });
      const range = made("input", { type: "range", min: 0, step: 1, "aria-label": `${label}, slider` });
      range.addEventListener("input", () => this.slide(name, Number(range.value)));
      main.addEventListener("change", () => (main.value === "" ? this.refuse(`${label} is a number.`) : this.set({ [name]: main.valueAsNumber })));
      main.addEventListener("keydown", (event) => {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key], place = this.places[name] + by;
        if (!by) return;
        event.preventDefault();
        if (values[place] !== undefined) this.slide(name, place);
      });
      row.append(title, main, range);
      const put = (i, top) => {
        main.max = values[top.place];
        range.max = top.place;
        main.value = values[i];
        range.value = i;
        range.setAttribute("aria-valuetext", values[i]);
      };
      return { row, parts: [main, range], put };
    }

    button(name, label, tip, press) {
      return [name, made("button", { type: "button", title: tip, onclick: press }, label)];
    }

    steps() {
      const { player } = this.atlas;
      if (!player) return [];
      const { label } = this.named(player);
      const jump = (to) => () => { this.pause(); this.go(to()); };
      return [
        this.button("back", "Back", `One step back in ${label}`, jump(() => this.places[player] - 1)),
        this.button("step", "Step", `One step on in ${label}`, jump(() => this.places[player] + 1)),
        this.button("play", "Play", "Go on step by step; press again to pause", () => (this.timer ? this.pause() : this.play())),
        this.button("reset", "Reset", "Back to the start", jump(() => 0)),
      ];
    }

    presets() {
      const press = (name) => () => {
        this.pause();
        const row = this.atlas.targets[name][this.row];
        if (row < 0) this.say(`This button leads to a setting that is not on this page. ${ONLY}`);
        else this.show({ row, places: this.atlas.places(row, this.places), lower: [] });
      };
      const again = () => { this.pause(); this.show(this.atlas.rest(this.start)); };
      return [
        ...this.atlas.buttons.map(({ name, label, tip }) => this.button(name, label, tip, press(name))),
        this.button("again", "Start over", "Back to the setting of this page", again),
      ];
    }

    /* -- moving -- */

    /* Set inputs to values; one that is not on the page is said, and nothing moves. */
    set(given) {
      if (!(this.atlas.player in given)) this.pause();
      const { rest, why } = this.aim(given);
      if (rest) this.show(rest);
      else this.refuse(why);
    }

    /* Where inputs set to values come to rest, or why that is not on the page. */
    aim(given) {
      const places = { ...this.places }, along = Object.keys(given).map((name) => this.atlas.follow[name]);
      for (const [name, value] of Object.entries(Object.assign({}, ...along, given))) {
        const { label, values } = this.named(name) ?? {};
        if (values) places[name] = values.indexOf(value);
        if (values ? places[name] < 0 : this.atlas.state(this.places)[name] !== value) {
          return { why: values ? `${label} ${value} is not on this page, but ${listed(values)}. ${ONLY}` : `This setting is not on this page. ${ONLY}` };
        }
      }
      return { rest: this.atlas.rest(places), why: `This setting is not on this page. ${ONLY}` };
    }

    /* Set a number to the value at a place; where the page has not that one, to the nearest on that side, and say so. */
    slide(name, place) {
      const { label, values } = this.named(name), from = this.places[name], by = Math.sign(place - from);
      const side = [...values.keys()].filter((i) => by * (i - from) > 0).sort((a, b) => Math.abs(a - place) - Math.abs(b - place));
      const next = side.find((i) => this.aim({ [name]: values[i] }).rest) ?? place;
      this.set({ [name]: values[next] });
      if (next !== place) this.say(`Beside the rest, ${label} ${values[place]} is not on this page, but ${values[next]}.`);
    }

    named(name) { return this.atlas.controls.find((control) => control.name === name); }

    refuse(why) {
      this.show(this.atlas.rest(this.places));
      this.say(why);
    }

    get top() { return this.atlas.top(this.atlas.player, this.places).place; }

    go(to) {
      const { player, offered } = this.atlas;
      this.set({ [player]: offered[player][Math.max(0, Math.min(to, this.top))] });
    }

    play() {
      const { player, interval } = this.atlas;
      this.words.setAttribute("aria-live", "off");
      this.buttons.play.textContent = "Pause";
      const on = (to) => {
        this.go(to);
        if (this.places[player] >= this.top) return this.pause();
        this.timer = setTimeout(() => on(this.places[player] + 1), 1000 * interval);
      };
      on(this.places[player] >= this.top ? 0 : this.places[player] + 1);
    }

    pause() {
      clearTimeout(this.timer);
      this.timer = 0;
      if (this.buttons.play) this.buttons.play.textContent = "Play";
      this.words.setAttribute("aria-live", "polite");
    }

    /* -- pointing -- */

    /* The spots of this state that lead somewhere; all are read when they are first asked for. */
    spots() {
      if (this.spotted !== this.row) {
        this.spotted = this.row;
        this.found = [];
        this.atlas.spots(this.row).then((spots) => (this.found = spots));
      }
      return this.found;
    }

    press(found) {
      const turns = book.scene.turns(found, this.atlas.state(this.places)), there = (given) => this.aim(given).rest;
      const next = turns.find(there), near = this.nearest(turns[0] ?? {});
      this.set(next ?? (there(near) ? near : turns[0]) ?? {});
      if (next && next !== turns[0]) this.say(`Not all that it stands for is on this page. ${ONLY}`);
      else if (!next && turns.length && there(near)) this.say(`That place is not on this page, but the nearest to it. ${ONLY}`);
    }

    /* Settings with each number that the page has not changed to the nearest that it has. */
    nearest(given) {
      const now = this.atlas.state(this.places), near = {};
      for (const [name, value] of Object.entries(given)) {
        const values = this.named(name)?.values ?? [now[name]];
        const numbers = [value, ...values].every(Number.isFinite);
        near[name] = numbers ? values.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a)) : value;
      }
      return near;
    }

    /* -- showing -- */

    show({ row, places, lower }) {
      this.row = row;
      this.places = places;
      const { atlas } = this, off = new Set(atlas.off(row));
      for (const [name, { parts, put }] of Object.entries(this.controls)) {
        put(places[name], atlas.top(name, places));
        for (const part of parts) part.disabled = off.has(name);
      }
      for (const [name, button] of Object.entries(this.buttons)) button.disabled = off.has(name);
      this.picture.draw(atlas.pieces(row));
      this.legible();
      if (atlas.pointing) this.spots();
      this.words.textContent = atlas.words(row);
      this.code.textContent = atlas.code(row);
      this.line.hidden = !this.code.textContent;
      const labels = lower.map((name) => this.named(name).label);
      this.say(labels.length ? `On this page ${labels.join(" and ")} cannot be as high as the rest allows. ${ONLY}` : "");
    }

    /* How wide a phone must show this picture; at most as wide as it is elsewhere. */
    legible() {
      const { width, size } = this.atlas, { svg } = this.picture;
      const type = [...svg.querySelectorAll("[font-size]")].map((part) => Number(part.getAttribute("font-size")));
      const least = Math.min(width, Math.ceil((LEGIBLE * size[0]) / Math.min(...type)));
      svg.parentElement.style.setProperty("--least", `${least}px`);
    }

    say(words) {
      this.note.textContent = words;
    }
  }

  const listed = (values) => (values.length > 9 ? `${values[0]} to ${values.at(-1)} in steps` : values.join(", "));

  async function begin(root) {
    try {
      const atlas = await load(root.dataset.atlas), places = atlas.find(JSON.parse(root.dataset.state));
      const same = places && plain(atlas.words(atlas.rest(places).row)) === plain(root.querySelector(".book-words").textContent);
      if (!same) throw new Error("its atlas shows another picture than the stored one");
      root.player = new Player(root, atlas, places);
      root.dispatchEvent(new Event("book-moves", { bubbles: true }));
      (globalThis.requestIdleCallback ?? setTimeout)(() => root.player.spots()); // a finger does not hover before it taps
    } catch (reason) {
      root.dataset.still = reason.message;
      root.append(made("p", { class: "book-note" }, "This picture moves in the notebook."));
    }
  }

  const near = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => { near.unobserve(target); begin(target); }),
    { rootMargin: NEAR },
  );
  const start = () => document.querySelectorAll(".book-explorer[data-atlas]").forEach((root) => near.observe(root));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
