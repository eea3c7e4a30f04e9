"""Bringing the past of a space here, and taking it back."""
