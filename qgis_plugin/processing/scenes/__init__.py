"""Algorithms of many scenes."""
