"""The main job, `stlearn forecast`: its report, its tables, and the command line.

Explained in 4.10.

- `job`: data in; baselines and networks tested; the winner's forecast out.
- `ahead`: what is known ahead, joined to the data.
- `others`: other measured quantities, joined to the data; `targets`: those forecast too.
- `before`: what is told or refused before any training.
- `unfinished`: a job that was stopped goes on where it was.
- `results`: a folder of results, written whole or not at all.
- `prediction`: a saved model and a file in, what comes next out.
- `elsewhere`: forecasts made elsewhere, set beside ours.
- `questions`: what to ask of the data before a forecast is made from it.
- `report`: one HTML page of the results.
- `scores`: scores as people read them.
- `silence`: sensors without a recent reading.
- `watch`: forecasts in service, beside what came and what the test promised.
- `export`: a network in a format that needs no Keras; `serve`: the example beside it.
- `terminal`: what the commands print.
- `doctor`: whether this machine can do the work (0.2).
- `cli`: the command line; its commands stand in `job_commands` (forecast, compare),
  `service_commands` (predict, watch, export) and `data_commands` (prepare, data, doctor), the
  options that they share in `options`.
"""
