"""Virus spread and disease surveillance (chapter 06c): the baselines of their fields.

- `renewal`: the reproduction number as a forecaster (6.6).
- `farrington`: which count is too high, as health agencies tell it (6.7).
"""
