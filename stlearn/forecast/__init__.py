"""The main job, `stlearn forecast`: its report, its tables, and the command line.

Explained in 4.10.

- `job`: data in, a forecast and a folder of results out.
- `elsewhere`: forecasts made elsewhere, set beside ours.
- `questions`: what to ask of the data before a forecast is made from it.
- `report`: one HTML page of the results.
- `scores`: scores as people read them.
- `silence`: sensors without a recent reading.
- `terminal`: what the commands print.
- `doctor`: whether this machine can do the work (0.2).
- `cli`: the command line.
"""
