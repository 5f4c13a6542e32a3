"""What Python's and NumPy's errors mean, in words for a beginner."""

import re

WORDS = (
    (r"truth value of an array", "`if`, `and` and `or` want one True or False, an array holds one for each place: "
     "use `&`, `|` or np.where."),
    (r"Cannot cast ufunc .* from dtype\('float", "an array of whole numbers cannot take fractions: "
     "make it with np.zeros, which holds them."),
    (r"cannot convert float (infinity|NaN)", "an array of whole numbers cannot hold infinity: begin with `.astype(float)`."),
    (r"'float' object cannot be interpreted as an integer|slice indices must be integers|only integers, slices|"
     r"can't multiply sequence by non-int|only length-1 arrays|only integer scalar arrays",
     "a whole number is needed there: `//` gives one, `/` a fraction, and an array is none."),
    (r"'(int|float|list|tuple|[\w.]*ndarray|numpy\.\w+|str)' object is not callable",
     "brackets after it call it, but it is no function: is its name used for two things, or a `*` missing?"),
    (r"'(function|builtin_function_or_method|method|type)' object is not subscriptable",
     "a function is called with round brackets; square ones take a part of a list."),
    (r"'NoneType'", "something there is None: a function without a return, or a method like `sort` or `append` "
     "that changes its list and returns nothing."),
    (r"unsupported operand type\(s\) for .*'(list|tuple)'|can only concatenate (list|tuple)|bad operand type for unary -: '(list|tuple)'",
     "lists do not reckon place by place: make arrays of them, np.array(...)."),
    (r"'(list|tuple)' object has no attribute", "that is a list; np.array(...) makes an array of it."),
    (r"indices must be integers or slices, not tuple", "a list of lists is read with [i][j]; np.array(...) takes [i, j]."),
    (r"object does not support item assignment", "a tuple cannot be changed; make a list of it, or an array."),
    (r"'(int|float|numpy\.\w+)' object is not (iterable|subscriptable)|object of type '(int|float)' has no len|cannot unpack non-iterable",
     "that is one number, and has no parts."),
    (r"too many indices for array", "the array has fewer axes than indices are given."),
    (r"(not enough|too many) values to unpack", "there are more names on the left than values on the right, or fewer."),
    (r"cannot reshape array", "the new shape must have as many entries as the old one."),
    (r"could not broadcast|could not be broadcast|non-broadcastable|matmul: Input operand|shapes .* not aligned",
     "the two sides do not have the same shape."),
    (r"inhomogeneous shape", "the rows are not equally long, so they make no array."),
    (r"maximum recursion depth", "the function calls itself again and again: where does it stop?"),
    (r"cannot access local variable|referenced before assignment",
     "a name that gets a value anywhere in a function belongs to the function; it has none yet in that line."),
    (r"zero-size array to reduction|attempt to get arg\w+ of an empty|arg is an empty sequence|iterable argument is empty",
     "nothing is left there to choose from: is a slice empty?"),
    (r"unexpected keyword argument|takes .* positional argument|missing .* required", "the call does not fit the function's arguments."),
    (r"can only be used with|read-only", "that is a view that may not be written to: make a copy."),
)  # fmt: skip


def meaning(error):
    """A sentence on an error, or ""."""
    said = str(error)
    if isinstance(error, IndexError) and (past := _past(said)):
        return past
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        name = re.search(r"name '(\w+)' is not defined", said)
        return f"nothing has the name `{name[1]}` yet: is it misspelt?" if name else ""
    if isinstance(error, ZeroDivisionError):
        return "what stands below the line is 0 there."
    return next((words for pattern, words in WORDS if re.search(pattern, said)), "")


def _past(said):
    """An index that is one past the end, or further."""
    if "list index out of range" in said or "tuple index out of range" in said:
        return "the index runs past the end; the last place of n is n − 1."
    found = re.search(r"index (-?\d+) is out of bounds for axis (\d) with size (\d+)", said)
    if not found:
        return ""
    index, axis, size = map(int, found.groups())
    if index == size:
        return f"the index runs one past the end of axis {axis}: the last place of {size} is {size - 1}."
    return f"axis {axis} has only {size} places: is it the right axis?"
