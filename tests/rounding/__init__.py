"""How well `rounding` names the operation that lost the digits: ``python -m tests.rounding`` prints it.

`collection` holds expressions from the literature, `culprits` finds by experiment which operation is to blame.
"""
