/* The one store for what a page remembers; a browser may allow none. */
window.bookMemory = (() => {
  const name = "cnn-book";
  const all = () => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; }
  };
  return {
    get: (key) => all()[key],
    set(key, value) {
      try { localStorage.setItem(name, JSON.stringify({ ...all(), [key]: value })); } catch { /* not allowed here */ }
    },
    forget() {
      try { localStorage.removeItem(name); } catch { /* nothing was kept */ }
    },
  };
})();
