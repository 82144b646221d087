"""See: a graph as text and formula (and back from text), as a picture, as a tree in the terminal, and told in words.

Each way to see a graph is a file: `text` and `latex` with `latex_templates`, `parsing` back from text, `drawing`,
`tree` and `narration`. They share how a graph is unfolded into an expression (`unfolding`), with operations that were
made for accuracy spelled out (`spelling`) and derivative rules applied to symbols (`local_derivatives`); and how
numbers (`numbers`), labels (`labels`) and kinds of nodes (`style`) look. A picture takes the part of a graph that is
shown (`excerpt`), the modules in it (`modules`) and their arrangement (`arranging`), or finds that it is a network
(`network`); it is a `picture` in DOT, which `rendering` lays out. `plotting` has the axes of all plots.
"""
