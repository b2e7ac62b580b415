"""Virus spread and disease surveillance (chapter 06c)."""
