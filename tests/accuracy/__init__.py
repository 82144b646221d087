"""How exact the table of operations is, against arithmetic with 75 digits: ``python -m tests.accuracy`` prints it.

`references` says in mpmath what is true, `points` where it is asked, `rivals` what PyTorch and JAX say there, and
`measure` puts the errors in units in the last place (ulp).
"""
