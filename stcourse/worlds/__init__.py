"""Small made-up worlds whose truth is known, so that a method can be scored against it.

Chapter 06 makes its forecasts in them; `agencies` is chapter 01's, `state` chapter 07's.

- `agencies`: one road, watched by two agencies (1.5 and 1.6).
- `motorway`: the road and the simulation behind `traffic`.
- `traffic`: a motorway into a city, vehicle by vehicle (6.4 and 6.5).
- `buses`: bus lines and their passengers (6.3).
- `epidemic`: an epidemic that travels between regions (6.6).
- `outbreaks`: weekly counts with planted outbreaks (6.7).
- `prices`: share prices that nothing can forecast (6.8).
- `yields`: a yield curve and its three factors (6.9).
- `river`: flood waves on a river tree (6.10).
- `climate`: a climate grid (6.11).
- `sensors`: a field of sensors, some of which break (6.12).
- `state`: a state's detectors, up to twenty thousand (07).
"""
