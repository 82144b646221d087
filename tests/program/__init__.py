"""What `autograd.program` promises, pass by pass and as a whole."""
