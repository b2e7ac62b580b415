"""Exercises of chapter 06: a small decision in each field, scored."""

from stcourse.exercises.ch06 import people as people
from stcourse.exercises.ch06 import roads as roads
from stcourse.exercises.ch06 import signals as signals

EXERCISES = (*roads.EXERCISES, *people.EXERCISES, *signals.EXERCISES)
