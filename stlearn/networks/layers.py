"""The layers of a spatio-temporal network, in Keras 3. Explained in 4.2 to 4.4.

Tensors have the axes (batch, time, node, feature). Time runs from the oldest to the newest step.
Each layer keeps all it needs in its configuration, so a saved model loads without the code that
built it.
"""

import keras
import numpy as np
import scipy.sparse
from keras import ops

from stlearn.checks import check_count, checked_sparse, checked_square
from stlearn.errors import InputError

MOST_JOINED = 0.01  # share of the pairs; with more, the full matrix is multiplied faster
MOST_NODES = 2000  # of a full matrix

register = keras.saving.register_keras_serializable(package="stlearn")


@register
class DynamicConv(keras.layers.Layer):
    """Convolve over time with a kernel that the input itself produces, step by step.

    At each time and node, the features there decide with which sign and how strongly the present
    and each of the past steps count: the tanh of a linear map gives one weight for each tap of
    the kernel and each output feature. The kernel at time t depends on time t alone and reaches
    only backwards, so the layer is causal.

    Args:
        filters: Number of output features.
        kernel_size: Number of steps that the kernel covers, the present one included.
        strides: Steps between two outputs. The newest step always has an output.

    Input shape: (batch, time, node, feature).
    Output shape: (batch, time / strides rounded up, node, filters).

    Raises:
        InputError: If an argument is below 1.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.layers import DynamicConv
        >>> DynamicConv(filters=8, kernel_size=3)(np.zeros((2, 12, 5, 4), "float32")).shape
        TensorShape([2, 12, 5, 8])

    Reference: Jia, De Brabandere, Tuytelaars and Van Gool (2016), Dynamic filter networks; kernels
    made from one time step: Wu, Fan, Baevski, Dauphin and Auli (2019), Pay less attention with
    lightweight and dynamic convolutions.
    """

    def __init__(self, filters, kernel_size, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.filters = check_count("filters", filters)
        self.kernel_size = check_count("kernel_size", kernel_size)
        self.strides = check_count("strides", strides)

    def build(self, input_shape):
        features = input_shape[-1]
        self.value_weights = self.add_weight(shape=(features, self.filters), name="value_weights")
        taps = self.kernel_size * self.filters
        self.kernel_weights = self.add_weight(shape=(features, taps), name="kernel_weights")
        self.kernel_bias = self.add_weight(shape=(taps,), initializer="zeros", name="kernel_bias")

    def call(self, inputs):
        time = inputs.shape[1]
        newest = (time - 1) % self.strides
        present = inputs[:, newest :: self.strides]
        kernel = ops.tanh(ops.matmul(present, self.kernel_weights) + self.kernel_bias)

        reach = self.kernel_size - 1
        padded = ops.pad(inputs, ((0, 0), (reach, 0), (0, 0), (0, 0)))
        result = 0.0
        for tap, weight in enumerate(ops.split(kernel, self.kernel_size, axis=-1)):
            past = padded[:, newest + reach - tap : time + reach - tap : self.strides]
            result = result + weight * ops.matmul(past, self.value_weights)
        return result

    def compute_output_shape(self, input_shape):
        steps = -(-input_shape[1] // self.strides)
        return (input_shape[0], steps, input_shape[2], self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
        }


class _GraphLayer(keras.layers.Layer):
    """A layer that mixes the nodes of a fixed graph; it keeps the graph as a list of edges."""

    def __init__(self, adjacency, sparse=None, **kwargs):
        super().__init__(**kwargs)
        self.edges = edge_list(adjacency)
        self.sparse = _few_edges(self.edges) if sparse is None else sparse

    def build(self, input_shape):
        if input_shape[-2] != self.edges["nodes"]:
            raise InputError(
                f"{self.name}: the graph has {self.edges['nodes']} nodes, "
                f"the input has {input_shape[-2]}"
            )

    def neighbour_mean(self, reverse=False):
        """Return a function that takes the weighted mean over each node's neighbours.

        It works on tensors (node, anything), so that one matrix product does it all.
        """
        nodes = self.edges["nodes"]
        target, source = (np.array(self.edges[end], dtype=int) for end in ("target", "source"))
        if reverse:
            target, source = source, target
        weight = np.array(self.edges["weight"], dtype="float32")
        total = np.bincount(target, weights=weight, minlength=nodes).astype("float32")
        share = weight / total[target]
        if self.sparse:
            return lambda rows: ops.segment_sum(
                ops.multiply(ops.cast(share[:, None], rows.dtype), ops.take(rows, source, axis=0)),
                target,
                num_segments=nodes,
            )
        matrix = np.zeros((nodes, nodes), dtype="float32")
        matrix[target, source] = share
        return lambda rows: ops.matmul(matrix, rows)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"adjacency": self.edges, "sparse": self.sparse}


@register
class LocalPooling(_GraphLayer):
    """Take the mean over each node's neighbourhood in the graph, the node itself included.

    Where a mask tells which nodes are known, the mean is over the known ones only. A node with
    nothing known in its neighbourhood gets zero.

    Args:
        adjacency: Array, DataFrame or SciPy sparse matrix (node, node), not negative: row i,
            column j is the weight of node j's influence on node i. A node with no weight on
            itself counts there as much as its neighbours together.
        reverse: Pool over the nodes that a node influences, instead of those that influence it.
        sparse: Sum edge by edge instead of multiplying by the full matrix. By default where it is
            faster: where at most one pair of nodes in a hundred is joined, or there are more than
            2,000 nodes.

    Input shape: (batch, time, node, feature) or (batch, node, feature). A mask, `known`, has
        the same axes and one feature: 1 where known, 0 where missing.
    Output shape: that of the input.

    Raises:
        InputError: If the adjacency is no square matrix of finite weights that are not negative,
            or has another number of nodes than the input.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.layers import LocalPooling
        >>> chain = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
        >>> values = np.array([[[2.0], [4.0], [8.0]]], "float32")
        >>> LocalPooling(chain)(values).numpy().ravel().tolist()
        [3.0, 6.0, 8.0]
    """

    def __init__(self, adjacency, reverse=False, sparse=None, **kwargs):
        super().__init__(adjacency, sparse, **kwargs)
        self.reverse = reverse
        self.edges = _with_self_loops(self.edges, reverse)

    def build(self, input_shape):
        super().build(input_shape)
        self.pool = self.neighbour_mean(self.reverse)

    def call(self, inputs, known=None):
        if known is None:
            return _mix_nodes(self.pool, inputs)
        share = _mix_nodes(self.pool, known)
        heard = ops.where(known > 0, inputs, 0.0)
        mean = _mix_nodes(self.pool, heard) / ops.where(share > 0, share, 1.0)
        return ops.where(share > 0, mean, 0.0)

    def get_config(self):
        return super().get_config() | {"reverse": self.reverse}


@register
class GraphConv(_GraphLayer):
    """Convolve over a graph: a linear map of a node's own features and of diffused ones.

    Diffusion step k replaces each feature by its mean over the neighbours, k times over. On a
    directed graph both directions diffuse. A learned adjacency adds links that the given graph
    lacks: the softmax over nodes of relu(E1 E2), where E1 and E2 are embeddings.

    Args:
        filters: Number of output features.
        adjacency: As in `LocalPooling`.
        steps: Number of diffusion steps in each direction.
        directed: Whether to diffuse against the direction of the edges as well. By default so
            unless the graph is symmetric, where it would say nothing new.
        learned: Size of the embeddings of the learned adjacency; 0 means none. It is a full matrix,
            whose cost grows with the square of the nodes.
        sparse: As in `LocalPooling`.

    Input shape: (batch, time, node, feature) or (batch, node, feature).
    Output shape: the same, with `filters` features.

    Raises:
        InputError: As in `LocalPooling`, or if filters or steps is below 1 or learned below 0.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.layers import GraphConv
        >>> ring = np.roll(np.eye(5), 1, axis=1)
        >>> GraphConv(filters=8, adjacency=ring)(np.zeros((2, 12, 5, 4), "float32")).shape
        TensorShape([2, 12, 5, 8])

    Reference: Li, Yu, Shahabi and Liu (2018), Diffusion convolutional recurrent neural network;
    the learned adjacency: Wu, Pan, Long, Jiang and Zhang (2019), Graph WaveNet.
    """

    def __init__(
        self, filters, adjacency, steps=2, directed=None, learned=0, sparse=None, **kwargs
    ):
        super().__init__(adjacency, sparse, **kwargs)
        self.filters = check_count("filters", filters)
        self.steps = check_count("steps", steps)
        self.directed = not _is_symmetric(self.edges) if directed is None else directed
        self.learned = check_count("learned", learned, least=0)

    def build(self, input_shape):
        super().build(input_shape)
        self.directions = [self.neighbour_mean(reverse) for reverse in range(1 + self.directed)]
        terms = 1 + len(self.directions) * self.steps + bool(self.learned)
        self.weight = self.add_weight(shape=(terms * input_shape[-1], self.filters), name="weight")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        if self.learned:
            nodes = self.edges["nodes"]
            self.receiver = self.add_weight(shape=(nodes, self.learned), name="receiver")
            self.sender = self.add_weight(shape=(self.learned, nodes), name="sender")

    def call(self, inputs):
        terms = _mix_nodes(self.diffuse, inputs)
        return ops.matmul(terms, self.weight) + self.bias

    def diffuse(self, rows):
        """Stack the own row and all diffused ones: (node, x) becomes (node, term, x)."""
        terms = [rows]
        for neighbour_mean in self.directions:
            diffused = rows
            for _ in range(self.steps):
                diffused = neighbour_mean(diffused)
                terms.append(diffused)
        if self.learned:
            matrix = ops.softmax(ops.relu(ops.matmul(self.receiver, self.sender)))
            terms.append(ops.matmul(matrix, rows))
        return ops.stack(terms, axis=1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters,
            "steps": self.steps,
            "directed": self.directed,
            "learned": self.learned,
        }


@register
class NodeEmbedding(keras.layers.Layer):
    """Append a learned vector to the features of each node: what is particular to the place.

    Args:
        size: Length of the vector.

    Input shape: (batch, time, node, feature) or (batch, node, feature).
    Output shape: the same, with `size` features more.

    Raises:
        InputError: If size is below 1.

    Example:
        >>> import numpy as np
        >>> from stlearn.networks.layers import NodeEmbedding
        >>> NodeEmbedding(size=3)(np.zeros((2, 5, 4), "float32")).shape
        TensorShape([2, 5, 7])

    Reference: Shao, Zhang, Wang, Wei and Xu (2022), Spatial-temporal identity (STID).
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = check_count("size", size)

    def build(self, input_shape):
        self.vectors = self.add_weight(
            shape=(input_shape[-2], self.size), initializer="glorot_uniform", name="vectors"
        )

    def call(self, inputs):
        places = ops.broadcast_to(self.vectors, (*ops.shape(inputs)[:-1], self.size))
        return ops.concatenate([inputs, places], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.size)

    def get_config(self):
        return super().get_config() | {"size": self.size}


def edge_list(adjacency):
    """Return a graph as a dict of nodes (their number), target, source and weight (lists).

    Args:
        adjacency: Array, DataFrame or SciPy sparse matrix (node, node), or such a dict.

    Raises:
        InputError: If it is no square matrix of finite weights that are not negative.
    """
    if isinstance(adjacency, dict):
        return adjacency
    if scipy.sparse.issparse(adjacency):
        matrix = checked_sparse("adjacency", adjacency, signed=False)
    else:
        matrix = checked_square("adjacency", adjacency, signed=False)
    matrix = scipy.sparse.coo_array(matrix, dtype="float32")
    matrix.eliminate_zeros()
    target, source = matrix.coords
    return {
        "nodes": int(matrix.shape[0]),
        "target": target.tolist(),
        "source": source.tolist(),
        "weight": matrix.data.astype("float64").tolist(),
    }


def _few_edges(edges):
    nodes = edges["nodes"]
    return nodes > MOST_NODES or len(edges["weight"]) <= MOST_JOINED * nodes**2


def _is_symmetric(edges):
    ends = edges["target"], edges["source"]
    matrix = scipy.sparse.csr_array((edges["weight"], ends), (edges["nodes"], edges["nodes"]))
    return (matrix != matrix.T).nnz == 0


def _with_self_loops(edges, reverse):
    """Give each node without a weight on itself one as large as its neighbours' together."""
    nodes = edges["nodes"]
    target, source = (np.array(edges[end], dtype=int) for end in ("target", "source"))
    weights = np.array(edges["weight"])
    loops = target == source
    own = np.bincount(target[loops], weights[loops], nodes)
    total = np.bincount((source if reverse else target)[~loops], weights[~loops], nodes)
    bare = np.flatnonzero(own == 0)
    weight = np.where(total[bare] > 0, total[bare], 1.0)
    return {
        "nodes": nodes,
        "target": edges["target"] + bare.tolist(),
        "source": edges["source"] + bare.tolist(),
        "weight": edges["weight"] + weight.tolist(),
    }


def _mix_nodes(mix, tensor):
    """Apply `mix` to the rows (node, x) of a tensor (batch, ..., node, feature).

    Where `mix` gives several rows a node, (node, term, x), they become further features.
    """
    *front, nodes, features = tensor.shape
    front = [ops.shape(tensor)[0], *front[1:]]  # LiteRT takes no -1 for the batch
    by_node = ops.moveaxis(tensor, -2, 0)
    mixed = mix(ops.reshape(by_node, (nodes, -1)))
    terms = 1 if len(mixed.shape) == 2 else mixed.shape[1]
    mixed = ops.reshape(mixed, (nodes, terms, *front, features))
    mixed = ops.moveaxis(mixed, (0, 1), (-3, -2))
    return ops.reshape(mixed, (*front, nodes, terms * features))
