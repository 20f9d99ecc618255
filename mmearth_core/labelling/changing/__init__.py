"""What changed between two dates of a place: one probe on both."""
