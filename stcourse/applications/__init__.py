"""The twelve applications of chapter 06: one module each, all with the same three steps.

`forecasts()` trains the baselines and the network and scores them at the same moments;
`verdict(found)` compares the errors at the horizon that somebody needs;
`decision(found)` scores what somebody would do with each forecast, in its own unit.
`stcourse.applications.closing_rows.make_row` puts both into one line of the chapter's closing
table.

Modules that all of them use:
- `application`: the network, the reserves and the costs that they share.
- `real_data`: real data, if it can be had.
- `closing_rows`: a line for each application, and the verdict by one rule.
- `closing_table`: the closing table, made readable.

Folders: `roads` (06a), `policy` (06b), `health` (06c), `money` (06d), `nature` (06e).
"""
