"""Check: are these derivatives right, how many digits of a result are true, and where does an inf or a nan come from?

- `gradients` has `check_gradients`, for a function at a `point`: `faithfulness` asks whether the graph is the function,
  `references` puts derivatives beside those of an `exact_graph`, `proof` decides and `finite_differences` estimates, and
  the outcome is a `report`. An exact graph computes with `high_precision` by mpmath, or with `ball_arithmetic` by Arb, on
  `balls` whose comparisons may have no certain outcome (`branches`).
- `rounding` tells who lost the digits, with better forms from `rewriting`; `enclosure` has `enclose`.
- `anomaly` has `detect_anomaly`; `strategies` are for Hypothesis.
"""
