"""Share prices and bond yields (chapter 06d)."""
