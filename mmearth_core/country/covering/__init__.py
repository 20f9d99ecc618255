"""What covers an area: scenes that are found or at hand, and which ground of each, so that every place is made once."""
