"""Trains a small network on devices that share it, and prints what came of it as JSON.

`python tests/on_devices.py four` makes four devices of this machine's cores, each with a part of
every batch; `grid` gives two of them one half of the sensors, two the other; `one` is one device;
`process 0 ADDRESS` and `process 1 ADDRESS`, at once, are two. `refusals` prints what is refused.
"""

import json
import os
import sys

DEVICES = {"one": 1, "four": 4, "grid": 4, "process": 1, "refusals": 2}


def main(how, *process):
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={DEVICES[how]}"
    import keras

    if process:
        number, address = process
        keras.distribution.initialize(address, 2, int(number))
    import stlearn
    from stlearn.networks.devices import over_sensors

    days = stlearn.load("corridor").between(0, 2 * 288).of_region(list(range(8)))
    if how == "refusals":
        print(json.dumps(refusals(keras, stlearn, over_sensors, days)))
        return
    if how == "grid":
        keras.distribution.set_distribution(over_sensors(2, batch=2))
    elif how != "one":
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    network = stlearn.Forecaster("stn", epochs=2, settings={"hidden": 16}, progress=False)
    network.fit(days)
    vectors = next(each for each in network.network.variables if each.path.endswith("/vectors"))
    held = {shard.data.shape for shard in vectors.value.addressable_shards}
    print(json.dumps({
        "losses": network.training["loss"].tolist(),
        "forecast": network.forecasts(days, [400]).ravel().tolist(),
        "sensors of a device": [shape[0] for shape in held],
    }))  # fmt: skip


def refusals(keras, stlearn, over_sensors, days):
    """What is said of batches and sensors that two devices cannot share evenly."""
    said = []
    for devices, sensors, batch_size in ((3, 8, 16), (2, 8, 15), (2, 7, 16)):
        try:
            share = over_sensors(devices) if batch_size == 16 else keras.distribution.DataParallel()
            keras.distribution.set_distribution(share)
            network = stlearn.Forecaster("stn", epochs=1, batch_size=batch_size)
            network.fit(days.of_region(list(range(sensors))))
        except stlearn.InputError as error:
            said.append(str(error))
        else:
            said.append("not refused")
    return said


if __name__ == "__main__":
    main(*sys.argv[1:])
