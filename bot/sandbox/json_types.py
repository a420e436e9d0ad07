"""The names for "any JSON", in one place.

Payloads are exactly what came over the wire: the bot may send anything, and telling right from wrong is the
business of `checks`, at run time. A precise static type would only be a wish, so `Any` it is, here and nowhere
else.
"""

from typing import Any, TypeAlias

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
