// Starts a deck, and makes what is larger than its slide as much smaller as it must be.
(() => {
  const WIDTH = 1280, HEIGHT = 720, EDGE = 20, LEAST = 0.45;

  const fit = slide => {
    const box = slide && slide.querySelector(":scope > .book-fit");
    if (!box) return;
    box.style.zoom = 1;
    const room = HEIGHT - EDGE - box.offsetTop;
    const need = Math.max(box.scrollHeight / room, box.scrollWidth / WIDTH);
    if (need > 1) box.style.zoom = Math.max(1 / need, LEAST);
    slide.dataset.need = need;
  };

  const deck = new Reveal({
    hash: true, width: WIDTH, height: HEIGHT, margin: 0.04, center: false, transition: "none",
    plugins: [window.RevealNotes].filter(Boolean),
  });
  deck.initialize().then(() => fit(deck.getCurrentSlide()));
  deck.on("slidechanged", event => fit(event.currentSlide));
  for (const event of ["load", "book-moves"]) addEventListener(event, () => fit(deck.getCurrentSlide()));
  // The titles of the slides that hold more than can be made small enough.
  window.bookDeck = { deck, overfull: async () => {
    const wrong = [];
    for (const slide of deck.getSlides()) {
      const { h, v } = deck.getIndices(slide);
      deck.slide(h, v);
      const moving = slide.querySelector("[data-atlas]");
      while (moving && !moving.player && !moving.dataset.still) await new Promise((done) => setTimeout(done, 50));
      fit(slide);
      const title = slide.querySelector("h2")?.textContent;
      if (slide.dataset.need > 1 / LEAST) wrong.push(`${h}/${v} ${title}: ${(100 / slide.dataset.need).toFixed()} %`);
    }
    return wrong;
  } };
})();
