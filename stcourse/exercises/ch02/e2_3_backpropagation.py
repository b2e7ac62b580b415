"""2.3: compute the gradients of a network with two layers."""

from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import arrays, call, compare
from stlearn.networks.numpy_network import backward

GRADIENTS = ("weights_1", "bias_1", "weights_2", "bias_2")


@st.composite
def _two_layers(draw):
    samples, inputs, units, outputs = (draw(st.integers(1, most)) for most in (3, 2, 3, 2))
    return {
        "inputs": draw(arrays(samples, inputs, low=-1, high=1)),
        "targets": draw(arrays(samples, outputs)),
        "weights_1": draw(arrays(inputs, units, low=-1, high=1)),
        "bias_1": draw(arrays(units, low=-1, high=1)),
        "weights_2": draw(arrays(units, outputs, low=-2, high=2)),
        "bias_2": draw(arrays(outputs)),
    }


def _four_gradients(answer, case):
    came = call(answer, case)
    if not isinstance(came, tuple | list) or len(came) != 4:
        raise NotRight(f"Expected four gradients, of {', '.join(GRADIENTS)}.", came=came)
    for name, ours, theirs in zip(GRADIENTS, came, backward(**case)):
        compare(ours, theirs, name=f"The gradient of {name}")


def _sample_by_sample(inputs, targets, weights_1, bias_1, weights_2, bias_2):
    parameters = weights_1, bias_1, weights_2, bias_2
    each = [
        backward(inputs[row : row + 1], targets[row : row + 1], *parameters)
        for row in range(len(inputs))
    ]
    return tuple(sum(parts) / len(inputs) for parts in zip(*each))


EXERCISE = Exercise(
    id="2.3",
    title="Backward through two layers",
    section="2.3 A loss and its gradient",
    difficulty=3,
    minutes=12,
    matters="It is how every network learns; you will trust a library more once you have done it.",
    hints=(
        "Go forward first and keep z and hidden. Then go back, from the outputs on.",
        "At the outputs the gradient of the mean square is 2 (outputs - targets) divided by "
        "samples times outputs. At z it is that, times the second weights turned round, times "
        "the derivative of tanh at z.",
        "A weight's gradient is what came in, turned round, times what arrives from behind: "
        "`hidden.T @ to_outputs`, `inputs.T @ to_z`. A bias's is the sum over the samples.",
    ),
    solution=backward,
    cases=_two_layers(),
    properties=(_four_gradients,),
    mistakes=read_mistakes(backward),
    also_right=(_sample_by_sample, lambda **case: list(backward(**case))),
)
