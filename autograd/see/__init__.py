"""See: a graph as text and formula (and back from text), as a picture, as a tree in the terminal, and told in words."""
