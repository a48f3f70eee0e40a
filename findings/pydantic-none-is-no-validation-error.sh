#!/bin/sh
# pydantic 2.14.3: `Annotated[int | None, Field(ge=1)]` takes None.  With a BeforeValidator that does nothing in front of the
# Field the same None raises a TypeError, and no ValidationError; behind the Field it is taken again.  The validator makes it a
# bound of the whole union, and not of its int.  Whoever catches ValidationError does not catch this.  The documentation of
# BeforeValidator has it run before the inner validation, and nothing of what stands to the right of it.
#
# Seen with Python 3.11.7, each time of 10:
#
#     Field: None is taken, 0 is a ValidationError, 1 is taken
#     BeforeValidator, Field: None is a TypeError, 0 is a ValidationError, 1 is taken
#     Field, BeforeValidator: None is taken, 0 is a ValidationError, 1 is taken
#
# Hurts: an optional setting or parameter, cleaned up by a validator, whose default is fine and whose explicit null is not.
# The lab: keeps validator and bound inside, `Annotated[int, …] | None` (app/web/api.py).
# Needs: Python 3 and its package index.  Leaves with 0 when it is so, with 1 when it is not any more.
set -eu

d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
python3 -m venv "$d/venv"
"$d/venv/bin/pip" install -qq pydantic==2.14.3

uname -sr
"$d/venv/bin/python" --version
found=$("$d/venv/bin/python" - <<'end'
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

def said(of, value):
    try:
        TypeAdapter(of).validate_python(value)
    except (ValidationError, TypeError) as error:
        return f"{value} is a {type(error).__name__}"
    return f"{value} is taken"

same = BeforeValidator(lambda value: value)
for name, of in (
    ("Field", Annotated[int | None, Field(ge=1)]),
    ("BeforeValidator, Field", Annotated[int | None, same, Field(ge=1)]),
    ("Field, BeforeValidator", Annotated[int | None, Field(ge=1), same]),
):
    print(f"{name}:", ", ".join(said(of, value) for value in (None, 0, 1)))
end
)
echo "$found"
[ "$found" = "Field: None is taken, 0 is a ValidationError, 1 is taken
BeforeValidator, Field: None is a TypeError, 0 is a ValidationError, 1 is taken
Field, BeforeValidator: None is taken, 0 is a ValidationError, 1 is taken" ] || {
	echo "not as it was on pydantic 2.14.3"
	exit 1
}
