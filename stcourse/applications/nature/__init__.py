"""Floods, climate and faults (chapter 06e).

- `flood`: how early the warning is (6.10).
- `climate`: is next month warmer than usual (6.11).
- `machines`: which sensor is broken (6.12).
- `quakes`: whether a forecast says when, or only where.
- `plots`: their figures.
"""
