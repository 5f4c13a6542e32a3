/* Scenes in the browser: draws what helpers/drawing/scene.py has written down as SVG, sharp at any size, and
   says what lies under the pointer. A plain script, for a page's <script> and inside a notebook's module.

     const picture = CNNBook.scene.picture(element, [width, height]);
     picture.draw(pieces);              a piece is a list of entries; one that is null or unchanged is left alone
     picture.point(spots, press, over); spots() gives the spots; press(found) and over(found or null) are told;
                                        returns what takes the outline away
     CNNBook.scene.hit(spots, x, y);    what lies at fractions of the picture: {box, label, settings} or null
     CNNBook.scene.others(spots, found); what else stands for the same: boxes, for example of the outputs that read a pixel
     CNNBook.scene.turns(found, state); what pressing it again and again sets: the setting after the current first

   An entry is its kind and its fields, all places in pixels from the upper left corner:
     ["cells", x edges, y edges, "rrggbb…" row by row, labels or null, "0101…" stripes or null, size of type]
     ["image", x, y, width, height, address]
     ["shape", outline, places, [fill, line, width, opacity, dashes], [x, y, width, height] to clip or null]
     ["words", x, y, text, pixels, colour, align, bold, mono, angle, width]
   A spot is [left, top, width, height, label, settings], a plane the same with [input, values for the rows],
   [input, values for the columns], {what each sets besides} instead of settings; in an input's plane a row's and a
   column's value is a list, of the outputs that read it (helpers/explorers/parts/spots.py). */
(() => {
  "use strict";
  const INK = "#1B1E23", PAPER = "#FFFFFF", STRIPE = "#8C8C8C";
  const ANCHOR = { left: "start", center: "middle", right: "end" };
  const FONTS = { false: "'DejaVu Sans',Verdana,sans-serif", true: "'DejaVu Sans Mono',Menlo,Consolas,monospace" };
  const safe = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const shorter = (value) => Math.round(10 * value) / 10;

  /* A cell's colour: that of its border, and whether white reads better on it (helpers/drawing/cells.py). */
  const looks = new Map();
  function look(hex) {
    if (!looks.has(hex)) {
      const rgb = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
      const dark = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 128;
      const border = rgb.map((v) => Math.round(0.85 * v + (dark ? 38 : 0)).toString(16).padStart(2, "0"));
      looks.set(hex, { dark, border: `#${border.join("")}` });
    }
    return looks.get(hex);
  }

  const KINDS = {
    cells(x, y, faces, labels, stripes, pixels) {
      const columns = x.length - 1, paths = new Map(), inset = labels ? 0.5 : 0;
      let texts = "", lines = "";
      for (let i = 0; i < faces.length / 6; i++) {
        const row = Math.floor(i / columns), column = i % columns, hex = faces.slice(6 * i, 6 * i + 6);
        const left = x[column], top = y[row], width = x[column + 1] - left, height = y[row + 1] - top;
        const [w, h] = [width - 2 * inset, height - 2 * inset];
        paths.set(hex, `${paths.get(hex) ?? ""}M${left + inset} ${top + inset}h${w}v${h}h${-w}z`);
        if (stripes?.[i] === "1") {
          for (let k = 1.5; k < width + height; k += 10) {
            const [a, b] = [Math.max(0, k - height), Math.min(k, width)];
            lines += `M${left + a} ${top + k - a}L${left + b} ${top + k - b}`;
          }
        }
        if (labels?.[i] && pixels >= 6) {
          const fill = look(hex).dark ? ` fill="${PAPER}"` : "";
          texts += `<text x="${left + width / 2}" y="${shorter(top + height / 2 + 0.365 * pixels)}"${fill}>${safe(labels[i])}</text>`;
        }
      }
      let drawn = "";
      for (const [hex, d] of paths) {
        drawn += `<path d="${d}" fill="#${hex}"${labels ? ` stroke="${look(hex).border}"` : ' shape-rendering="crispEdges"'}/>`;
      }
      if (lines) drawn += `<path d="${lines}" stroke="${STRIPE}" stroke-width="1.4"/>`;
      return drawn + (texts && `<g font-family="${FONTS.false}" font-size="${pixels}" text-anchor="middle" fill="${INK}">${texts}</g>`);
    },

    image(x, y, width, height, address) {
      const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
      return `<image ${place} preserveAspectRatio="none" style="image-rendering:pixelated" href="${safe(address)}"/>`;
    },

    shape(outline, places, [fill, line, width, opacity, dashes], clip) {
      const dashed = dashes.length ? ` stroke-dasharray="${dashes.join(" ")}"` : "";
      const stroke = line ? ` stroke="${line}" stroke-width="${width}"${dashed}` : "";
      const paint = `fill="${fill ?? "none"}"${stroke}${opacity < 1 ? ` opacity="${opacity}"` : ""}`;
      const drawn = places
        .map(([x, y]) => `<path d="${outline}" ${paint}${x || y ? ` transform="translate(${x} ${y})"` : ""}/>`)
        .join("");
      if (!clip) return drawn;
      const [x, y, w, h] = clip;
      return `<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="${x} ${y} ${w} ${h}">${drawn}</svg>`;
    },

    words(x, y, text, pixels, colour, align, bold, mono, angle, width) {
      const place = `x="${x}" y="${y}" font-size="${pixels}" text-anchor="${ANCHOR[align]}" fill="${colour}"`;
      const turned = angle ? ` transform="rotate(${-angle} ${x} ${y})"` : "";
      const fitted = text.length > 1 ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : "";
      const type = `font-family="${FONTS[Boolean(mono)]}"${bold ? ' font-weight="bold"' : ""}`;
      return `<text ${place} ${type}${turned}${fitted} style="white-space:pre">${safe(text)}</text>`;
    },
  };

  /* A piece as SVG, written once for each list of entries. */
  const written = new WeakMap();
  function markup(piece) {
    if (!written.has(piece)) written.set(piece, piece.map(([kind, ...fields]) => KINDS[kind](...fields)).join(""));
    return written.get(piece);
  }

  /* A cell of a plane as a box. */
  const pair = ([left, top, width, height, , down, across], row, column) => {
    const [w, h] = [width / across[1].length, height / down[1].length];
    return [left + column * w, top + row * h, w, h];
  };

  const whole = ([left, top, width, height]) => ({ box: [left, top, width, height] });
  function found(spot, x, y) {
    const [left, top, width, height, label, down, across, also] = spot;
    if (x < left || y < top || x >= left + width || y >= top + height) return null;
    if (!across) return { ...whole(spot), label, settings: [].concat(down) };
    const [rows, columns] = [down[1], across[1]].map((values) => values.length);
    const row = Math.floor(((y - top) / height) * rows), column = Math.floor(((x - left) / width) * columns);
    const [rising, running] = [down[1][row], across[1][column]].map((value) => [].concat(value));
    const settings = rising.flatMap((one) => running.map((other) => ({ ...also, [down[0]]: one, [across[0]]: other })));
    const count = settings.length, read = `, read by ${count} output${count === 1 ? "" : "s"}`;
    return { box: pair(spot, row, column), label: `${label} (${row}, ${column})${Array.isArray(down[1][row]) ? read : ""}`, settings: count ? settings : [{}] };
  }

  /* What lies at fractions of the picture; of several spots the smallest, of equal ones the first. */
  function hit(spots, x, y) {
    const all = spots.map((spot) => found(spot, x, y)).filter(Boolean);
    const area = ({ box }) => box[2] * box[3];
    return all.reduce((best, one) => (best && area(best) <= area(one) ? best : one), null);
  }

  /* What else stands for one of the settings of what was found: the outputs that read a pixel, and in a plane of
     pixels those that an output reads. */
  function others(spots, { settings }) {
    const wanted = new Set(settings.map((one) => JSON.stringify(one)).filter((one) => one !== "{}")), boxes = [];
    for (const spot of spots) {
      const [, , , , , down, across, also] = spot;
      if (!across) {
        if (!Array.isArray(down) && wanted.has(JSON.stringify(down))) boxes.push(spot.slice(0, 4));
        continue;
      }
      const apart = Object.entries(also).some(([name, value]) => settings[0]?.[name] !== value);
      if (apart || (settings.length > 1 && Array.isArray(down[1][0]))) continue;
      const [rows, columns] = [down, across].map(([name, values]) => {
        const given = new Set(settings.map((one) => one[name]));
        return values.flatMap((value, i) => ([].concat(value).some((one) => given.has(one)) ? [i] : []));
      });
      if (!rows.length || !columns.length) continue;
      const [[left, top], [right, bottom, width, height]] = [pair(spot, rows[0], columns[0]), pair(spot, rows.at(-1), columns.at(-1))];
      boxes.push([left, top, right + width - left, bottom + height - top]);
    }
    return boxes;
  }

  function turns({ settings }, state) {
    const now = settings.findIndex((given) => Object.entries(given).every(([name, value]) => state[name] === value));
    return [...settings.slice(now + 1), ...settings.slice(0, now + 1)];
  }

  function made(parent, name, attributes = {}, before = null) {
    const node = parent.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return parent.insertBefore(node, before);
  }

  class Picture {
    constructor(element, [width, height]) {
      const look = "display:block;width:100%;height:auto;background:#fff";
      this.size = [width, height];
      this.svg = made(element, "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", style: look });
      this.slots = [];
      const outline = { fill: "#E69F00", "fill-opacity": 0.18, stroke: INK, "stroke-width": 2 };
      this.frame = made(this.svg, "rect", { ...outline, visibility: "hidden", "pointer-events": "none" });
      const dashed = { fill: "none", stroke: INK, "stroke-width": 2, "stroke-dasharray": "6 4" };
      this.also = made(this.svg, "path", { ...dashed, "pointer-events": "none" });
    }

    draw(pieces) {
      while (this.slots.length > pieces.length) this.slots.pop().group.remove();
      pieces.forEach((piece, i) => {
        const slot = (this.slots[i] ??= { group: made(this.svg, "g", {}, this.frame), shown: "" });
        if (!piece) return;
        const drawn = markup(piece);
        if (drawn !== slot.shown) slot.group.innerHTML = slot.shown = drawn;
      });
    }

    /* Outline a box, in fractions of the picture, and dashed what belongs to it; null takes the outlines away. */
    mark(box, also = []) {
      const [across, down] = this.size;
      const outline = ([x, y, w, h]) => `M${x * across} ${y * down}h${w * across}v${h * down}h${-w * across}z`;
      this.also.setAttribute("d", also.map(outline).join(""));
      this.frame.setAttribute("visibility", box ? "visible" : "hidden");
      ["x", "y", "width", "height"].forEach((name, i) => box && this.frame.setAttribute(name, box[i] * this.size[i % 2]));
    }

    /* Where an event points, in fractions of the picture. */
    at(event) {
      const box = this.svg.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    }

    point(spots, press, over = () => {}) {
      let waiting = 0, last = null;
      const tell = (now) => {
        if (now?.label === last?.label) return;
        last = now;
        this.mark(now && now.box, now ? others(spots(), now) : []);
        this.svg.style.cursor = now ? "pointer" : "";
        over(now);
      };
      this.svg.addEventListener("pointermove", (event) => {
        if (event.pointerType === "touch") return;
        cancelAnimationFrame(waiting); // a frame's last move is enough: never a queue
        waiting = requestAnimationFrame(() => tell(hit(spots(), ...this.at(event))));
      });
      this.svg.addEventListener("pointerleave", () => {
        cancelAnimationFrame(waiting);
        tell(null);
      });
      this.svg.addEventListener("click", (event) => {
        const now = hit(spots(), ...this.at(event));
        tell(now); // a finger has not hovered before
        if (now) press(now);
      });
      return () => tell(null);
    }
  }

  const book = (globalThis.CNNBook ??= {});
  book.scene = { picture: (element, size) => new Picture(element, size), hit, others, pair, turns, markup };
})();
