"""A road not taken leaves no nan: what users of other libraries reported, and what is true there.

`cases` has the functions, ``python -m tests.roads_not_taken`` prints what PyTorch and JAX make of them.
"""
