"""What is around the steps of a network, in NumPy or PyTorch: its mode, a bar, and how training ends."""

from contextlib import contextmanager


@contextmanager
def evaluating(model):
    """Within it the model is in evaluation mode; afterwards every module is in its own mode again."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


class Stop(Exception):
    """Ends training early; its text is the reason."""


def open_bar(progress, total):
    """A progress bar with update() and close(), silent where none is wanted.

    progress: True for tqdm's bar, or a function that takes total= as tqdm does.
    """
    if callable(progress):
        return progress(total=total)
    from tqdm.auto import tqdm

    return tqdm(total=total, disable=not progress)


@contextmanager
def running(model, history, bar):
    """Within it a Stop or Ctrl-C ends training, prints the reason and leaves it in ``history.stopped``.

    Afterwards the bar is closed and the model in evaluation mode, whatever happened.
    """
    try:
        yield
    except Stop as stop:
        history.stopped = str(stop)
    except KeyboardInterrupt:
        history.stopped = f"interrupted after {len(history.losses)} batches; what was learnt is kept"
    finally:
        bar.close()
        model.eval()
    if history.stopped:
        print(f"Training stopped: {history.stopped}")
