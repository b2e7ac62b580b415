"""Share prices and bond yields (chapter 06d).

- `shares`: is anything better than the last price (6.8).
- `bonds`: what a duration hedge misses (6.9).
- `plots`: their figures.
"""
