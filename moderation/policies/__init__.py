"""The default policy and lexicons: data, no code.

``default.toml`` is the convention as we ship it; ``lexicons/`` the word lists it refers to.
"""
