"""A class on one machine: the command `stlearn workshop`, and the page for its teacher.

The modules, from the ground up: `seats` (who may enter, folders, user ids), `walls` (what a
learner's process sees and may take), `guard` (memory), `guesses` (of passwords), `seat` (what runs
at a seat), `hub` (what JupyterHub needs to know), `room` and `plots` (the teacher's page),
`workshop` (the command).
"""
