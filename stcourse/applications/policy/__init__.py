"""Transport policy and new roads (chapter 06b).

- `figures`: answers to a "what if" beside the truth (6.4 and 6.5).
- `scenarios`: how a trained network is asked about a change that it never saw (6.4 and 6.5).
"""
