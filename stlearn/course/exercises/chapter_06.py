"""Exercises of chapter 06: a small decision in each field, scored."""

from stlearn.course.exercises import chapter_06_people as people
from stlearn.course.exercises import chapter_06_roads as roads
from stlearn.course.exercises import chapter_06_signals as signals

EXERCISES = (*roads.EXERCISES, *people.EXERCISES, *signals.EXERCISES)
