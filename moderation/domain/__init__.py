"""Pure rules: frozen dataclasses and enums that decide, and touch nothing.

No framework, no clock, no randomness, no input or output: the instant "now" is an argument wherever a rule needs it.
"""
