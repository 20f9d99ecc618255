"""A place is clicked, and the ground around it that looks alike is taken as one shape."""
