"""Play: a graph as a page that computes, forward and backward, step by step, and follows its inputs.

`play` makes the page: `story` says what it is told of the graph, `stage` draws the graph in SVG, and `assembling`
puts these into one file with the HTML, CSS and JavaScript that lie beside it.
"""
