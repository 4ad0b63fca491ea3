"""Official polygons: read a file, report what it holds and would change, make it the current version.

`examine` writes nothing; `apply` takes what it found and does it in one transaction. The way of a file:
`files` (any format -> features) -> `attributes` (what a feature says it is) -> `shapes` (repair, merge) ->
`examining` (compare with what is current, `topology`) -> `applying`.
"""

from geo.boundaries.applying import Applied, apply
from geo.boundaries.examining import Examination, examine
from geo.boundaries.files import BoundariesUnreadable
from geo.boundaries.report import Report

__all__ = ["Applied", "BoundariesUnreadable", "Examination", "Report", "apply", "examine"]
