"""The numbers that have left the graph and may come back: `autograd.engine.following` keeps them, and the engine looks here.

That is apart because few programs convert a node and go on: until one does, what follows a number is not imported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.engine.following import Followed

followed: list[Followed] = []
"""The numbers whose statements are not over yet, and those that could not be found afterwards."""

watched: dict[float | None, Followed] = {}
"""The numbers that are kept somewhere, so that they are recognised when an operation takes them in. The key None is there
while an operation may take in what plain Python computed from one of them, which is recognised by its place in the code."""
