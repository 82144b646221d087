"""The names of `nn`, for type checkers; written by tests/stubs.py."""

from nn import datasets as datasets
from nn import strategies as strategies
from nn.layers import Layer as Layer
from nn.layers import MLP as MLP
from nn.layers import Neuron as Neuron
from nn.losses import binary_cross_entropy as binary_cross_entropy
from nn.losses import cross_entropy as cross_entropy
from nn.losses import half_squared_error as half_squared_error
from nn.losses import hinge as hinge
from nn.losses import mae as mae
from nn.losses import mse as mse
from nn.losses import sse as sse
from nn.module import Module as Module
from nn.optim import Adam as Adam
from nn.optim import SGD as SGD
from nn.serialization import load as load
from nn.serialization import save as save
from nn.training.fit import DivergenceError as DivergenceError
from nn.training.fit import TrainingInterrupted as TrainingInterrupted
from nn.training.fit import fit as fit
from nn.training.history import History as History
