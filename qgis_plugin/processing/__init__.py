"""The Processing provider and its algorithms, one file each."""
