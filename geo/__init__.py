"""Where things are: areas with their codes, boundary versions, positions, and what a map draws of them.

Knows nothing of reports, people or HTTP. Start at `locate` (which village is this?); `boundaries` brings
official polygons, `national` the approximate edition of the first run, `tiles` draws both and the points.
"""
