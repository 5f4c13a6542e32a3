"""The stored state of a notebook's widgets, made the same on every run."""

import json
import re

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def views(nb):
    """The widget views of a notebook in order of appearance."""
    outputs = (output for cell in nb.cells for output in cell.get("outputs", []))
    return [output.data[VIEW] for output in outputs if VIEW in output.get("data", {})]


def settle(nb):
    """Number the widget models in order of appearance, drop those no view shows, and state the rest in full.

    A kernel names its models at random. ValueError when a view's model has no state: GitHub then shows
    no notebook at all.
    """
    states = nb.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    shown = views(nb)
    if not shown:
        return nb
    order = []
    for view in shown:
        if view["model_id"] not in states:
            raise ValueError(
                f"widget {view['model_id']}: shown, but its state was not stored; run the notebook"
            )
        _visit(view["model_id"], states, order)
    # Browser-side links are shown by nobody; they stay when both their ends do.
    for key, model in states.items():
        ends = _references(model)
        if key not in order and "Link" in model["model_name"] and ends and set(ends) <= set(order):
            order.append(key)
    new = {old: f"{i:032x}" for i, old in enumerate(order, start=1)}
    text = json.dumps([states[key] for key in order])
    text = re.sub(r"(?<=IPY_MODEL_)[0-9a-f-]+", lambda found: new.get(found[0], found[0]), text)
    kept = dict(zip(new.values(), json.loads(text), strict=True))
    for model in kept.values():
        _forget_times(model["state"])
        if model["model_name"] == "LayoutModel":  # null is every entry's default: forty lines of nothing
            model["state"] = {key: value for key, value in model["state"].items() if value is not None}
    for view in shown:
        view["model_id"] = new[view["model_id"]]
    nb.metadata.widgets = {STATE: {"state": kept, "version_major": 2, "version_minor": 0}}
    return nb


def _visit(key, states, order):
    if key in order or key not in states:
        return
    order.append(key)
    for child in _references(states[key]):
        _visit(child, states, order)


def _references(model):
    """The models that a model's state names, in a steady order."""
    return re.findall(r"IPY_MODEL_([0-9a-f-]+)", json.dumps(model["state"], sort_keys=True))


def _forget_times(state):
    """Take the elapsed and remaining time out of a progress bar's text."""
    if isinstance(state.get("value"), str) and "<" in state["value"]:
        state["value"] = re.sub(r"\s*\[\d+:\d\d(:\d\d)?<[^\]]*\]", "", state["value"])
