"""What the parts of chapter 06 share; everything else of a part stands in its notebook.

- `ladder`: the baselines and the network that every part compares.
- `decisions`: what a decision costs, and the baseline that decides best.
- `lines`: a line of the closing table, and one rule for the verdicts of all.
- `telling`: errors beside their costs, gains, and what decisions cost.
- `stand_ins`: answers to the exercises, until the learner's own have passed.
- `closing_table`: the closing table, made readable.
- `real_data`: real data, if it can be had.

Baselines of one field, which a notebook puts beside the ladder: `policy` (06b), `health` (06c) and
`nature` (06e).
"""
