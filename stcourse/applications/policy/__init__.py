"""Transport policy and new roads (chapter 06b).

- `policy`: what spreading the demand saves (6.4).
- `new_road`: which of three, if any (6.5).
- `plots`: their figures.
"""
