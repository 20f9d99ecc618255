"""Setting the worker's Python up: the page of the dock and the page of the options."""
