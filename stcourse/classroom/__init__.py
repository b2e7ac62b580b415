"""A class on one machine: the command `stlearn workshop`, and the page for its teacher.

The modules, from the ground up: `seats` (who may enter, folders, user ids), `groups` (limits by the
kernel), `walls` (what a learner's process sees and may take), `guard` (the watch where there are no
groups), `guesses` (of passwords), `server` and `seat` (what runs at a seat), `hub` (what JupyterHub
needs to know), `room` and `plots` (the teacher's page), `workshop` (the command).
"""
