"""What can be wrong with what a person asked for: one tree, each error one plain sentence.

The command line prints the sentence and ends with exit code 2; whoever calls from Python catches `CoprodError`.
"""


class CoprodError(Exception):
    """Something asked for cannot be done; the message says where, what was found and what would do."""


class ScenarioError(CoprodError):
    """A scenario, or a value set in one, cannot be simulated."""


class TooBigError(CoprodError):
    """A scenario asks for more memory, or more agents to watch, than there is room for."""
