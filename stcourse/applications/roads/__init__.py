"""Traffic, road-condition monitoring and buses (chapter 06a).

- `traffic`: when to leave (6.1).
- `monitoring`: when to raise an alarm (6.2).
- `buses`: how many to send (6.3).
- `plots`: their figures.
"""
