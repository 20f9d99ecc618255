"""How good a map is: the reference sample, the estimators, what they say in words."""
