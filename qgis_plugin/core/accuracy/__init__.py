"""How good a map is: reference sample, assessment, report."""
