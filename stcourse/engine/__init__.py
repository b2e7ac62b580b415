"""Exercises and the one engine that checks them: cases, properties, mistakes, verdicts."""
