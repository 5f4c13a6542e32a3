/* Marks a quiz. The reasons are those of the folded answers below it; without this script it is read. */
document.addEventListener("DOMContentLoaded", () => {
  for (const quiz of document.querySelectorAll(".book-quiz")) {
    const name = `quiz-${quiz.dataset.quiz}`;
    const questions = [...quiz.querySelectorAll("fieldset")];
    const reasons = [...quiz.querySelectorAll("details > ol > li")].map((each) => [...each.querySelectorAll("ol > li")]);
    const fresh = () => questions.map(() => ({}));
    const kept = window.bookMemory.get(name); // perhaps of an older edition, with other questions
    const fits = ({ chosen }, at) => chosen === undefined || chosen in (reasons[at] ?? []);
    let states = Array.isArray(kept) && kept.length === questions.length && kept.every(fits) ? kept : fresh();

    const score = document.createElement("p");
    score.className = "book-score";
    score.setAttribute("role", "status");
    quiz.querySelector("details").before(score);
    const count = () => {
      const solved = states.filter((state) => state.solved).length;
      const first = states.filter((state) => state.first).length;
      score.textContent = `${solved} of ${questions.length} right${solved ? `, ${first} at the first try` : ""}.`;
    };

    const show = [];
    questions.forEach((question, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Check ${at + 1}`;
      const said = document.createElement("div");
      said.setAttribute("role", "status");
      question.append(button, said);
      const say = (words, kind = "") => { said.className = `book-said ${kind}`; said.replaceChildren(...words); };
      const tell = (chosen) => {
        const right = chosen === +question.dataset.right;
        const mark = document.createElement("b");
        mark.textContent = right ? "✓ " : "✗ ";
        say([mark, ...reasons[at][chosen].cloneNode(true).childNodes], right ? "right" : "wrong");
      };
      const options = [...question.querySelectorAll("input")];
      button.addEventListener("click", () => {
        const chosen = options.findIndex((option) => option.checked);
        if (chosen < 0) { say(["Choose an answer first."]); return; }
        const state = states[at];
        if (chosen === +question.dataset.right) {
          state.first = state.first || !state.tried;
          state.solved = true;
        }
        state.tried = true;
        state.chosen = chosen;
        tell(chosen);
        count();
        window.bookMemory.set(name, states);
      });
      question.addEventListener("change", () => say([]));
      show.push(() => {
        const { chosen } = states[at];
        options.forEach((option, i) => { option.checked = i === chosen; });
        if (chosen === undefined) say([]); else tell(chosen);
      });
    });
    const all = () => { show.forEach((each) => each()); count(); };
    document.addEventListener("book-forgotten", () => { states = fresh(); all(); });
    all();
  }
});
