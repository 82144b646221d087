"""Play: a graph as a page that computes, forward and backward, step by step, and follows its inputs."""
