"""Floods, climate and faults (chapter 06e)."""
