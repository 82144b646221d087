"""Check: derivatives held against references that are independent of the rules under test."""
