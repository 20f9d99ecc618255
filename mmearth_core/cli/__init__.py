"""The command line: arguments of a function, what is shown while it works, and the command itself."""
