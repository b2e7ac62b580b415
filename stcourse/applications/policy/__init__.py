"""Transport policy and new roads (chapter 06b)."""
