"""Bounded confidence (Deffuant et al. 2000) in other people's frameworks, as their own examples would write it.

Each file is a program of its own: `python FILE people encounters tolerance influence seed` prints one line of JSON with the
encounters held and the seconds that they took, starting up and drawing people left out. Views lie in [-1, 1].
"""
