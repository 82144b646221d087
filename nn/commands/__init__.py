"""What ``python -m nn`` can do: one file for each command. `nn.__main__` reads the command line and calls them."""
