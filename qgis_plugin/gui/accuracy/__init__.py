"""The Accuracy tab."""
