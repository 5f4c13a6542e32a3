/* The hand on a picture of the notebook: what lies under the pointer is outlined and named here, at once and
   without the kernel; what is pressed or typed is sent there. Follows scene.js in one module of anywidget's.

   From the kernel, as JSON: spots, as scene.js has them; numbers, [left, top, width, height, label, [input,
   value, lowest, highest, step]]; answered, how many messages it has taken. To the kernel: {here: true} where
   this module runs, {point: [x, y]} in fractions of the picture, {pull: [x, y]} where the pointer goes on pressed,
   {number: [input, value]}. */
const { hit, others, pair } = CNNBook.scene;

const middle = ([left, top, width, height]) => [left + width / 2, top + height / 2];

/* The middle of the place beside a box in a direction: the neighbour, or else the nearest that lies there. */
function beside(spots, box, [dx, dy]) {
  const [x, y] = middle(box);
  let best = null, least = Infinity;
  for (const spot of spots) {
    let other = spot;
    if (spot[6]) { // of a plane the cell that lies next
      const to = [[y + dy * box[3], 1, 3, 5], [x + dx * box[2], 0, 2, 6]].map(([to, from, size, values]) => {
        const count = spot[values][1].length, cell = Math.floor(((to - spot[from]) / spot[size]) * count);
        return Math.min(count - 1, Math.max(0, cell));
      });
      other = pair(spot, ...to);
    }
    const [u, v] = [middle(other)[0] - x, middle(other)[1] - y];
    const [along, across] = dx ? [u * dx, Math.abs(v)] : [v * dy, Math.abs(u)];
    const enough = 0.4 * Math.min(box[dx ? 2 : 3], other[dx ? 2 : 3]);
    if (along > enough && along + 3 * across < least) [best, least] = [middle(other), along + 3 * across];
  }
  return best;
}

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SAYS = "Picture to point at: the arrow keys go from place to place, Enter takes the place";

function render({ model, el }) {
  el.classList.add("book-hand");
  Object.assign(el, { tabIndex: 0, role: "application", ariaLabel: SAYS });
  el.dataset.lmSuppressShortcuts = "true"; // the notebook's own keys
  const say = el.appendChild(Object.assign(document.createElement("div"), { className: "book-said", role: "status" }));
  const read = (name) => JSON.parse(model.get(name));
  let spots = [], numbers = [], places = [], last = null, drawn = "", waiting = 0, down = false, pulled = false;

  /* One message at a time: while the kernel is at work the newest waits, and those before it are dropped. */
  let sent = 0, next = null;
  function send(message) {
    if (sent > model.get("answered")) next = message;
    else model.send(message, undefined, []), (sent = model.get("answered") + 1);
  }
  model.on("change:answered", () => {
    const message = next;
    next = null;
    if (message) send(message);
  });

  function take() {
    [spots, numbers] = [read("spots"), read("numbers")];
    places = [...numbers.map((number) => [...number.slice(0, 5), {}]), ...spots];
    el.style.visibility = places.length ? "" : "hidden";
    el.querySelectorAll(".book-paper").forEach((paper) => paper.remove());
    spots.filter(([, , , , label]) => label.startsWith("Draw")).forEach((spot) => frame(spot.slice(0, 4), "book-paper"));
    if (last) show(last.at, last.typed);
  }

  /* Where the picture lies in this element, and where an event points in it. */
  function place() {
    const picture = el.parentElement.querySelector("img").getBoundingClientRect(), own = el.getBoundingClientRect();
    return { left: picture.left - own.left, top: picture.top - own.top, width: picture.width, height: picture.height, own };
  }
  function at(event) {
    const { left, top, width, height, own } = place();
    return [(event.clientX - own.left - left) / width, (event.clientY - own.top - top) / height];
  }

  function frame([x, y, width, height], kind, on = place()) { // for several, the place is looked up once
    const mark = el.appendChild(Object.assign(document.createElement("div"), { className: kind }));
    const [left, top, w, h] = [on.left + x * on.width, on.top + y * on.height, width * on.width, height * on.height];
    Object.assign(mark.style, { left: `${left}px`, top: `${top}px`, width: `${w}px`, height: `${h}px` });
    return { left, top, under: top + h + 4, right: on.left + on.width, bottom: on.top + on.height };
  }

  function look(point, typed) {
    const number = point && numbers.find(([l, t, w, h]) => hit([[l, t, w, h, "", {}]], ...point));
    const found = number ? { box: number.slice(0, 4), label: number[4], settings: [] } : point && hit(spots, ...point);
    last = found ? { ...found, at: point, number, typed } : null;
  }
  function mark() {
    const picture = last && place(), boxes = last && others(spots, last);
    const now = JSON.stringify([last?.box, last?.label, boxes, picture]);
    if (now === drawn) return; // a press shows what the pointer on its way there has shown
    drawn = now;
    el.querySelectorAll(".book-mark, .book-also").forEach((mark) => mark.remove());
    el.style.cursor = last ? "pointer" : "";
    say.hidden = !last;
    if (!last) return (say.textContent = "");
    boxes.forEach((box) => frame(box, "book-also", picture));
    const on = frame(last.box, "book-mark", picture);
    if (say.textContent !== last.label) say.textContent = last.label;
    say.style.left = `${Math.max(0, Math.min(on.left, on.right - say.offsetWidth))}px`;
    const high = say.offsetHeight; // at the picture's lower edge it would be cut
    say.style.top = `${on.under + high > on.bottom ? Math.max(0, on.top - high - 4) : on.under}px`;
  }

  function show(point, typed = false) {
    look(point, typed);
    mark();
  }

  function press(point = last?.at) {
    if (last?.number) ask(last);
    else if (point) send({ point }); // the places of the newest picture may be on their way: the kernel has them
  }

  /* A box over a number of the picture: what is typed there counts at once, the arrow keys go a step. */
  function ask({ box, label, number: [, , , , , [name, value, min, max, step]] }) {
    const input = Object.assign(document.createElement("input"), { type: "number", value, min, max, step: "any", ariaLabel: label });
    input.className = "book-number";
    const on = place();
    const [x, y] = middle(box);
    Object.assign(input.style, { left: `${on.left + x * on.width}px`, top: `${on.top + y * on.height}px` });
    const close = () => input.isConnected && input.remove();
    input.addEventListener("input", () => {
      if (input.value !== "" && input.checkValidity()) send({ number: [name, input.valueAsNumber] });
    });
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") el.focus(), close();
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault(); // the browser's own steps begin at the lowest number
      input.value = Math.min(max, Math.max(min, Math.round(1000 * ((input.valueAsNumber || 0) + way * step)) / 1000));
      input.dispatchEvent(new Event("input"));
    });
    for (const kind of ["click", "pointerdown", "pointermove"]) input.addEventListener(kind, (event) => event.stopPropagation());
    input.addEventListener("blur", close);
    el.append(input);
    input.focus(), input.select();
  }

  el.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" && !down) return;
    cancelAnimationFrame(waiting); // the last move of a frame is enough
    waiting = requestAnimationFrame(() => {
      const before = last?.label;
      show(at(event));
      if (down && last && last.label !== before && !last.number) send({ pull: last.at }), (pulled = true);
    });
  });
  el.addEventListener("pointerdown", (event) => {
    down = event.button === 0 && (event.pointerType !== "touch" || event.target.className === "book-paper");
    pulled = false;
  });
  el.addEventListener("pointerup", () => (down = false));
  el.addEventListener("pointerleave", (event) => {
    cancelAnimationFrame(waiting);
    down = false;
    if (event.pointerType !== "touch" && !last?.typed) show(null);
  });
  el.addEventListener("click", (event) => {
    look(at(event), false);
    if (!pulled) press(at(event)); // at once: the frames can follow while the kernel is at work
    mark();
  });
  el.addEventListener("keydown", (event) => {
    if (event.target !== el || event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS[event.key]) {
      const first = places[0][6] ? pair(places[0], 0, 0) : places[0];
      const to = last ? beside(places, last.box, KEYS[event.key]) : middle(first);
      if (to) show(to, true);
    } else if (event.key === "Enter" || event.key === " ") press();
    else if (event.key === "Escape") show(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  el.addEventListener("blur", () => last?.typed && show(null));

  model.on("change:spots change:numbers", take);
  take();
}

export default {
  initialize: ({ model }) => model.send({ here: true }, undefined, []),
  render,
};
