"""A learner's copy of the chapters: opened in JupyterLab, run, and checked.

- `lab`: a working copy of the chapters, opened in JupyterLab.
- `checker`: a learner's notebook run from outside, its verdicts gathered.
- `cell_report`: one line a cell, for `checker` to read.
"""
