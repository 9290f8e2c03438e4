"""The benchmark suite of Cavea: `./dev bench`, see docs/benchmarks.md.

Standard library only; matplotlib is loaded by `plots` alone, when a report was asked for.
"""
