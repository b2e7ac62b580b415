"""Virus spread and disease surveillance (chapter 06c).

- `epidemic`: beds for next week (6.6).
- `outbreaks`: when a count is too high (6.7).
- `plots`: their figures.
"""
