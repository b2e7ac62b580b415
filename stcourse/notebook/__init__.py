"""What a learner calls in a notebook, and how it is shown and remembered.

Chapter 00 shows it (0.1 and 0.6).

- `commands`: check, mine, ask, hint, solution, progress, resume.
- `display`: verdicts, notes and figures, shown.
- `motion`: figures that move.
- `record`: which exercises passed and which questions were answered, and a token.
"""
