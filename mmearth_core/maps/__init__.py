"""Class maps: values, names and colours, the files they are in, their areas and their outlines."""
