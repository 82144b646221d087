"""The command line ``autograd`` and its interactive session."""
