"""Small made-up worlds whose truth is known, so that a method can be scored against it."""
