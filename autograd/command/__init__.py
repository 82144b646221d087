"""The command line ``autograd`` (`command_line`, with `arguments`, `question` and `output`) and its session (`repl`)."""
