"""The applications of chapter 06: one module each, which declares an `Application` at its end.

`forecasts()` trains the baselines and the network and scores them at the same moments;
`verdict(found)` compares the errors at the horizon that somebody needs;
`decision(found)` scores what somebody would do with each forecast, in its own unit.
The closing table finds what is declared and makes a line of it: a new application is a module in
one of the folders.

Modules that all of them use:
- `application`: what is declared, the network, the reserves and the costs that they share.
- `real_data`: real data, if it can be had.
- `closing_rows`: a line for each application, and the verdict by one rule.
- `closing_table`: the closing table, made readable.

Folders: `roads` (06a), `policy` (06b), `health` (06c), `money` (06d), `nature` (06e).
"""
