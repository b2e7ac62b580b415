"""What the part on floods needs beside its cells (chapter 06e).

- `routing`: the water on its way down a river, as a forecaster (6.10).
"""
