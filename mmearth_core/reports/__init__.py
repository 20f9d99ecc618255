"""Pages for people: one self-contained HTML file about a map."""
