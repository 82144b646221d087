"""Small programs as users of NumPy, SciPy, pandas, SymPy and Python's library write them, differentiated.

Of each program one thing is asked: is its derivative right, or is it loud? Never may it be silently wrong. `registry` says
what a program is, one file for each library has its programs, and `test_user_programs` runs them.
"""
