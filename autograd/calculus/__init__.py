"""Differentiate: functions that turn functions into their derivatives, and the derivatives of a graph as graphs."""
