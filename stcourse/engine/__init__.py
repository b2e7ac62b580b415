"""Exercises and the one engine that checks them: cases, properties, mistakes, verdicts.

Chapter 00 shows it at work (0.4).

- `exercise`: what an exercise is.
- `judge`: draws cases, finds the smallest that fails, and says what is wrong.
- `properties`: what exercises share.
- `mistakes`: wrong answers as edits of the right one.
- `differences`: where two results differ.
- `questions`: after a section, with three answers each.
- `relations`: how a wrong result is related to the right one.
- `wording`: a learner's values and errors in words.
- `sandbox`: an answer can neither stop, stall nor harm the check.
"""
