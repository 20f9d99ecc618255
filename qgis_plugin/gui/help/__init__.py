"""Help in place: the guide that ships with the plugin, the sheet of keys, and the tour of the first map."""
