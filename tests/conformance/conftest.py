"""The tester's models take descriptions out of their own source code: most of its time, and nobody reads them."""

from pydantic._internal import _fields

_fields.extract_docstrings_from_cls = lambda *_, **__: {}
