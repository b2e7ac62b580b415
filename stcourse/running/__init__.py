"""A learner's copy of the chapters: opened in JupyterLab, run, and checked."""
