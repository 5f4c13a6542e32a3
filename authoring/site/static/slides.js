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
  };

  const deck = new Reveal({
    hash: true, width: WIDTH, height: HEIGHT, margin: 0.04, center: false, transition: "none",
    plugins: [window.RevealNotes].filter(Boolean),
  });
  deck.initialize().then(() => fit(deck.getCurrentSlide()));
  deck.on("slidechanged", event => fit(event.currentSlide));
  addEventListener("load", () => fit(deck.getCurrentSlide()));
  window.bookDeck = { deck, fit };
})();
