"""What every layer of the book's networks can do: hold parameters, be saved and loaded, train and evaluate.

As torch.nn.Module, with one difference: there is no autograd, so each layer writes its own `backward`.
"""

import inspect

import numpy as np

from helpers.nn import saving


class Parameter:
    """An array that is learned, `data`, and the loss's gradient with respect to it, `grad` (first None)."""

    def __init__(self, data):
        self.data, self.grad = data, None

    def accumulate(self, grad):
        """Add to the gradient: a parameter used twice learns from both."""
        self.grad = grad if self.grad is None else self.grad + grad


class Module:
    """A layer or a network. A subclass writes `forward` and `backward`; its parameters are attributes."""

    training = True
    input = None  # what went forward last, kept for backward
    buffers = ()  # names of attributes that are saved with the parameters but not learned

    def __call__(self, input):
        return self.forward(input)

    def remembered(self):
        """The input of the last forward pass; ValueError if there was none."""
        if self.input is None:
            name = type(self).__name__
            raise ValueError(
                f"{name}.backward: nothing has gone forward yet; call the layer on an input first"
            )
        return self.input

    def children(self):
        """The modules inside, by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Module)}

    def modules(self):
        """This module and all inside it, outermost first."""
        yield self
        for child in self.children().values():
            yield from child.modules()

    def train(self, mode=True):
        """Switch dropout and batch statistics on (or off); returns the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        """Switch to inference: no dropout, running statistics; returns the module."""
        return self.train(False)

    def named_parameters(self):
        """Every Parameter, by its dotted name."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, Parameter)}
        return own | self._from_children(Module.named_parameters)

    def parameters(self):
        """Every Parameter once, in order: what an optimiser wants."""
        return list({id(value): value for value in self.named_parameters().values()}.values())

    def gradients(self):
        """Every gradient, by its parameter's name."""
        return {name: parameter.grad for name, parameter in self.named_parameters().items()}

    def zero_grad(self):
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def astype(self, dtype):
        """Convert parameters and running statistics to this floating-point dtype; returns the module."""
        for module in self.modules():
            for name, value in vars(module).items():
                if isinstance(value, Parameter):
                    value.data, value.grad = value.data.astype(dtype), None
                elif name in module.buffers and value is not None and value.dtype.kind == "f":
                    setattr(module, name, value.astype(dtype))
        return self

    def state_dict(self):
        """Copies of all parameters and running statistics, with PyTorch's names and shapes."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load_state_dict(self, state, strict=True):
        """Take over arrays (or PyTorch's tensors) by name; with strict=False only those that are there.

        ValueError lists every missing or unexpected name and every wrong shape, TypeError a wrong dtype; then
        nothing is changed.
        """
        arrays, state = self._arrays(), {name: np.asarray(array) for name, array in state.items()}
        wrong = []
        if strict:
            wrong += [f"{name} is missing" for name in arrays if name not in state]
            wrong += [f"{name} is not expected" for name in state if name not in arrays]
        shared = [name for name in arrays if name in state]
        for name in shared:
            if state[name].shape != arrays[name].shape:
                wrong.append(f"{name} has shape {state[name].shape}, the network's {arrays[name].shape}")
        if wrong:
            raise ValueError(f"state: {'; '.join(wrong)}; give the state of a network built alike")
        for name in shared:
            if state[name].dtype != arrays[name].dtype:
                raise TypeError(
                    f"state: {name} is {state[name].dtype}, the network's {arrays[name].dtype}; convert one, "
                    f"e.g. by model.astype(np.{state[name].dtype})"
                )
        for name in shared:
            arrays[name][...] = state[name]
        return self

    def save(self, path):
        """Write the state to an .npz file, all of it or, where that fails, nothing."""
        saving.write(path, self._arrays())

    def load(self, path):
        """Take over the state from a file that `save` wrote; errors as load_state_dict; returns itself.

        ValueError too where the file is damaged; then nothing is changed.
        """
        return self.load_state_dict(saving.read(path))

    def _call(self):
        """The call that made this module: required arguments, then those that differ from their default."""
        settings = getattr(self, "options", {}) | vars(self)
        words = []
        for name, argument in inspect.signature(type(self)).parameters.items():
            value = settings.get(name, argument.default)
            value = bool(value) if argument.default is True else value  # bias: a Parameter or None
            if name not in settings or isinstance(value, Module | dict) or name == "rng":
                continue
            if argument.default is argument.empty:
                words.append(repr(value))
            elif value != argument.default:
                words.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(words)})"

    def __repr__(self):
        """The call that made the module, its parameters' shapes and count; below, what is inside it."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, Parameter)}
        shapes = [f"{name} {value.data.shape}" for name, value in own.items()]
        count = sum(parameter.data.size for parameter in self.parameters())
        line = self._call() + (f"  {', '.join(shapes)}" if shapes else "")
        line += f"  {count:,} parameters" if count else ""
        inner = [f"({name}) {child!r}".replace("\n", "\n  ") for name, child in self.children().items()]
        return "\n  ".join([line, *inner])

    def _arrays(self):
        """Every array of the state, by name: parameters, then buffers, then the children's, as in PyTorch."""
        own = {name: value.data for name, value in vars(self).items() if isinstance(value, Parameter)}
        own |= {name: getattr(self, name) for name in self.buffers if getattr(self, name) is not None}
        return own | self._from_children(Module._arrays)

    def _from_children(self, method):
        """What a method gives for each child, in one dict, the child's name in front."""
        children = self.children().items()
        return {
            f"{child}.{name}": value for child, module in children for name, value in method(module).items()
        }
