"""What a program is printed for: one file for each."""
