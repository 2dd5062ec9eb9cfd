"""One rule, one file. Every mechanism is a compiled function with the same signature: (world, meeting, setup).

`world` is everything that changes, `meeting` the session in numbers, `setup` what stays the same. A mechanism reads
all three and writes to `world` what its docstring says it writes.
"""
