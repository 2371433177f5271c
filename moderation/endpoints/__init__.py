"""One file per HTTP resource: parse, one call of a verb, render."""
