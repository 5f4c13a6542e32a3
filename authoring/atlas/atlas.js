/* Reads an atlas (authoring/atlas/export.py): all states of an explorer that a page offers.

     const atlas = await CNNBook.readAtlas(packed);   as its file hands it to CNNBook.atlas(key, packed)
     atlas.find(state)            the places of a state's values, or null where it is not on the page
     atlas.rest(places)           where chosen places come to rest: {row, places, lower}, or null
     atlas.state(places)          name -> value
     atlas.pieces(row), words(row), code(row), off(row), await spots(row)

   A place is the number of a value among those on offer. A row is a state: the "free" inputs choose a setting,
   and in it the "limited" ones, whose range depends on the setting, choose a row. */
(() => {
  "use strict";
  const FIRST = 0x5d; // the letter of number 0
  const number = (letter) => letter.codePointAt(0) - FIRST;
  const book = (globalThis.CNNBook ??= {});
  const KEPT = 3000; // pieces that are kept as entries

  /* A column is one number for all, or the first one and differences. */
  function column(packed, count) {
    if (!Array.isArray(packed)) return new Int32Array(count).fill(packed);
    const made = Float64Array.from(packed);
    for (let i = 1; i < made.length; i++) made[i] += made[i - 1];
    return made;
  }

  /* Lists of numbers, column by column; the i-th of them. */
  function ragged({ count, columns }) {
    const all = columns.map((packed) => column(packed, count));
    return (i) => {
      const found = [];
      for (const one of all) {
        if (one[i] < 0) break;
        found.push(one[i]);
      }
      return found;
    };
  }

  function texts({ table, lists, column: packed }, count) {
    const rows = column(packed, count), list = ragged(lists);
    return (row) => list(rows[row]).map((i) => table[i]).join(" ");
  }

  async function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }

  /* Colours "rrggbb", row by row, as the address of a picture (a bitmap: nothing to compress). */
  function bitmap(columns, colours) {
    const rows = colours.length / columns, wide = 4 * Math.ceil((3 * columns) / 4);
    const bytes = new Uint8Array(54 + wide * rows), view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    [[2, bytes.length], [10, 54], [14, 40], [18, columns], [22, -rows], [34, wide * rows]].forEach(([at, value]) => view.setInt32(at, value, true));
    view.setInt16(26, 1, true);
    view.setInt16(28, 24, true);
    colours.forEach((hex, i) => {
      const at = 54 + wide * Math.floor(i / columns) + 3 * (i % columns), value = parseInt(hex, 16);
      bytes.set([value & 255, (value >> 8) & 255, value >> 16], at);
    });
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return `data:image/bmp;base64,${btoa(letters)}`;
  }

  const AS_IT_IS = [
    "title", "size", "width", "player", "interval", "controls", "fixed", "elsewhere", "free", "limited", "follow", "buttons",
    "offs", "colours", "texts", "edges", "images", "rows", "patterns", "parts",
  ];

  /* Returns row -> its spots (authoring/atlas/pointing.py says how they are packed). */
  book.pointing = ({ parts, patches, templates, lists, lowest, columns }, count) => {
    const [patched, lows] = [ragged(lists), ragged(lowest)], [list, low] = columns.map((one) => column(one, count));
    const fraction = (box) => box.map((length) => length / 10000);
    const told = (labels, row, columns_, i, values) => {
      if (typeof labels[0] !== "string" || !Array.isArray(labels[1])) return labels[i];
      const numbers = [Math.floor(i / columns_) + labels[2], (i % columns_) + labels[3], values];
      return templates[labels[1][number(labels[0][i])]].replace(/#/g, () => `${numbers.shift()}`.replace("-", "\u2212"));
    };
    /* What stands for one setting has it bare, as in Python; a pixel has a list, of the outputs that read it. */
    const meant = (label, settings) => [label, settings.length === 1 && !label.includes(", read by ") ? settings[0] : settings];
    const kinds = {
      plane: ([plane]) => [[...fraction(plane.slice(0, 4)), ...plane.slice(4)]],
      spots: ([spots]) => spots.map((spot) => [...fraction(spot.slice(0, 4)), ...spot.slice(4)]),
      list([boxes, name, values, labels], base) {
        return boxes.map((box, i) => [...fraction(box), ...meant(labels[i], values[i].map((value) => ({ [name]: base + value })))]);
      },
      grid([edges, name, down, across, labels], base) {
        const [columns_, rows] = edges;
        return rows.flatMap(([top, height], row) => columns_.map(([left, width], at) => {
          const settings = down[row].flatMap((a) => across[at].map((b) => ({ [name]: base + a + b })));
          const label = told(labels, row, columns_.length, row * columns_.length + at, settings.length);
          return [...fraction([left, top, width, height]), ...meant(label, settings)];
        }));
      },
    };
    return (row) => {
      const bases = lows(low[row]);
      return patched(list[row]).flatMap((i, k) => {
        const [kind, ...fields] = patches[i];
        const read = kind === "grid" || kind === "list" ? fields.map((part) => parts[part]) : fields;
        return kinds[kind](read, bases[k]);
      });
    };
  };

  class Atlas {
    constructor(body, spots) {
      for (const name of AS_IT_IS) this[name] = body[name];
      this.packedSpots = spots;
      this.offered = Object.fromEntries(body.controls.map(({ name, values }) => [name, values]));
      const settings = column(body.settings, 1);
      this.setting = new Map([...settings].map((code, i) => [code, i]));
      this.codes = settings;
      this.counts = body.counts.map((packed) => column(packed, settings.length));
      this.highest = body.highest.map((packed) => column(packed, settings.length));
      this.first = [0];
      for (let i = 0; i < settings.length; i++) this.first.push(this.first[i] + this.size_of(i));
      this.count = this.first.at(-1);
      this.rests = column(body.rests, this.count);
      this.columns = body.columns.map((packed) => column(packed, this.count));
      this.offColumn = column(body.off, this.count);
      this.targets = Object.fromEntries(body.buttons.map(({ name, rows }) => [name, column(rows, this.count)]));
      this.list = ragged(body.pieces);
      this.grids = ragged(body.grids);
      this.cells = ragged(body.cells);
      let cells = 0;
      this.parts.forEach((part, i) => { if (part === 0) this.parts[i] = ["cells", cells++]; });
      this.words = texts(body.words, this.count);
      this.code = texts(body.code, this.count);
      this.made = new Map();
      this.addresses = [];
    }

    /* How many rows a setting has; one where nothing fits, whatever the limited inputs are. */
    size_of(i) { return this.counts.reduce((product, counts) => product * Math.max(counts[i], 1), 1); }

    find(state) {
      const places = {};
      for (const [name, values] of Object.entries(this.offered)) {
        places[name] = values.indexOf(state[name]);
        if (places[name] < 0) return null;
      }
      const same = Object.entries(this.fixed).every(([name, value]) => !(name in state) || state[name] === value);
      const rest = same ? this.rest(places) : null;
      return rest && rest.places;
    }

    state(places) {
      return { ...this.fixed, ...Object.fromEntries(Object.entries(places).map(([name, i]) => [name, this.offered[name][i]])) };
    }

    setting_of(places) {
      let code = 0;
      for (const name of this.free) code = code * this.offered[name].length + places[name];
      return this.setting.get(code);
    }

    /* The highest place of a limited input, and the value that limits it, beside these places. */
    top(name, places) {
      const values = this.offered[name], i = this.setting_of(places), limit = this.limited.indexOf(name);
      if (limit < 0 || i === undefined || !this.counts[limit][i]) return { place: values.length - 1, value: values.at(-1) };
      const highest = this.highest[limit][i];
      return { place: this.counts[limit][i] - 1, value: highest < 0 ? values.at(-1) : highest };
    }

    /* Where chosen places come to rest; "lower" names what had to be lower than Python would put it. */
    rest(chosen) {
      const i = this.setting_of(chosen), places = { ...chosen }, lower = [];
      if (i === undefined) return null;
      let row = 0;
      this.limited.forEach((name, k) => {
        const count = this.counts[k][i], values = this.offered[name];
        if (!count) return;
        const { place, value } = this.top(name, places);
        if (values[places[name]] > value) {
          places[name] = place;
          if (values[place] !== value) lower.push(name);
        }
        row = places[name] < count ? row * count + places[name] : NaN;
      });
      const rest = Number.isNaN(row) ? -1 : this.rests[this.first[i] + row];
      if (rest < 0) return null;
      return { row: rest, places: rest === this.first[i] + row ? places : this.places(rest, places), lower };
    }

    /* The spots of a row, as scene.js takes them; all are read when the first are asked for. */
    async spots(row) {
      this.pointing ??= unpacked(this.packedSpots).then((body) => book.pointing(body, this.count));
      return (await this.pointing)(row);
    }

    /* The places of a row; where nothing fits, the limited inputs stay as they are in "before". */
    places(row, before) {
      let low = 0, high = this.codes.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.first[middle] <= row) low = middle; else high = middle - 1;
      }
      const places = { ...before };
      let code = this.codes[low], rest = row - this.first[low];
      for (const name of [...this.free].reverse()) {
        const size = this.offered[name].length;
        places[name] = code % size;
        code = Math.floor(code / size);
      }
      for (let k = this.limited.length - 1; k >= 0; k--) {
        const count = this.counts[k][low];
        if (!count) continue;
        places[this.limited[k]] = rest % count;
        rest = Math.floor(rest / count);
      }
      return places;
    }

    off(row) { return this.offs[this.offColumn[row]]; }

    pieces(row) { return this.columns.map((ids) => this.piece(ids[row])); }

    piece(id) {
      if (!this.made.has(id)) {
        if (this.made.size > KEPT) this.made.clear();
        this.made.set(id, this.list(id).map((i) => this.entry(this.parts[i])));
      }
      return this.made.get(id);
    }

    entry(part) {
      if (part[0] === "image") return [...part.slice(0, 5), this.address(part[5])];
      if (part[0] !== "cells") return part;
      const [edges, ...grids] = this.cells(part[1]), [x, y, pixels] = this.edges[edges];
      const [faces, labels, stripes] = grids.map((grid) => grid && this.grid(grid - 1));
      const colours = faces.map((i) => this.colours[i]).join("");
      return ["cells", x, y, colours, labels ? labels.map((i) => this.texts[i]) : null, stripes ? stripes.join("") : null, pixels];
    }

    /* The numbers in a grid, row by row: its pattern says which of the rows that follow stands where. */
    grid(i) {
      const [pattern, ...rows] = this.grids(i);
      return [...this.patterns[pattern]].flatMap((which) => [...this.rows[rows[number(which)]]].map(number));
    }

    address(i) {
      const image = this.images[i];
      return (this.addresses[i] ??= Array.isArray(image)
        ? bitmap(image[0], [...image[1]].map((letter) => this.colours[number(letter)]))
        : `data:image/webp;base64,${image}`);
    }
  }

  book.readAtlas = async ({ body, spots }) => new Atlas(await unpacked(body), spots);
})();
